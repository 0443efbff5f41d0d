"""Shell scripts parse, and Python compiles."""

import ast
import subprocess

import tree


def _first_line(file):
    with open(file, "rb") as f:
        return f.readline(100).decode("utf-8", "replace")


def _complaints(file):
    first = _first_line(file)
    if first.startswith(("#!/bin/sh", "#!/bin/bash", "#!/usr/bin/env bash")):
        shell = "bash" if "bash" in first else "sh"
        done = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True)
        return [] if done.returncode == 0 else [done.stderr.rstrip()]
    if file.suffix == ".py" or "python" in first and first.startswith("#!"):
        try:
            ast.parse(file.read_text(encoding="utf-8"))
        except SyntaxError as error:
            return [f"{tree.name(file)}: {error}"]
    return []


def check():
    return [c for f in tree.tracked() if f.suffix in ("", ".py", ".sh") for c in _complaints(f)]
