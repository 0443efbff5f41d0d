"""Every header compiles on its own, with both compilers."""

import concurrent.futures
import shutil
import subprocess

import tree

PACKAGES = ["jansson", "yaml-0.1", "libcrypto", "libssl", "libevent", "sqlite3", "libseccomp",
            "libzstd", "libcurl", "libpq"]
WARNINGS = ["-Wall", "-Wextra", "-Wno-unused-function", "-Werror"]


def _flags():
    found = subprocess.run(["pkg-config", "--cflags", *PACKAGES], capture_output=True, text=True)
    server = "/usr/include/postgresql/15/server"
    return [*found.stdout.split(), f"-isystem{server}"]


def _compile(compiler, flags, header):
    text = f'#include "{tree.name(header)}"\n#include "{tree.name(header)}"\n'
    text = text.replace('"src/', '"')
    done = subprocess.run(
        [compiler, "-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", f"-I{tree.ROOT}/src",
         f"-I{tree.ROOT}", *flags, *WARNINGS, "-xc", "-"],
        input=text, capture_output=True, text=True)
    return [] if done.returncode == 0 else [f"{tree.name(header)} ({compiler}):\n{done.stderr.rstrip()}"]


def check():
    flags, found = _flags(), []
    compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
    if len(compilers) < 2:
        found.append("both gcc and clang are needed")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(_compile, c, flags, h)
                for h in tree.sources("src", "tests", "fuzz", suffixes=(".h",)) for c in compilers]
        for job in jobs:
            found += job.result()
    return found
