"""How long files and functions are (told, not enforced)."""

import re

import tree

FILE_CEILING = 450
FUNCTION_AIM = 40
NAME = re.compile(r"(\w+)\(")


def functions_of(file):
    """Name and lines of the body: from a brace alone in its first column to the one that closes it."""
    head, opened = "", None
    for number, line in enumerate(tree.code_of(file).splitlines()):
        if line.rstrip() == "{" and NAME.search(head):
            opened = number
        elif line.startswith("}") and opened is not None:
            yield NAME.search(head).group(1), number - opened - 1
            opened = None
        elif opened is None and line[:1].strip():
            head = line


def report():
    """Lines for people, printed as TAP comments: told, not enforced."""
    lengths = [(n, f"{tree.name(f)}: {name}") for f in tree.sources("src") for name, n in functions_of(f)]
    if not lengths:
        return []
    ordered = sorted(n for n, _ in lengths)
    lines = [f"{len(ordered)} functions; {ordered[len(ordered) // 2]} lines in the middle, "
             f"{ordered[len(ordered) * 9 // 10]} at the ninetieth percentile, {ordered[-1]} the longest"]
    lines += [f"warning: {where}: {n} lines" for n, where in sorted(lengths, reverse=True)
              if n > FUNCTION_AIM]
    for file in tree.sources("src", "tests", "fuzz"):
        lines_in_file = file.read_text(encoding="utf-8").count("\n")
        if lines_in_file > FILE_CEILING:
            lines.append(f"warning: {tree.name(file)}: {lines_in_file} lines")
    return lines


def check():
    return []
