"""Tracked text names no one's machine and no registry, and has no stray marks."""

import re

import tree

# Written so that this file does not match itself.
PATTERNS = {
    r"(?<![\w.~-])/(work|home|Users)/\w": "a path of somebody's machine",
    r"(?<![\w.~-])/root/\w": "a path of somebody's machine",
    r"registry[.](npmjs|yarnpkg)|pypi[.]org|pythonhosted[.]org|proxy[.]golang|crates[.]io"
    r"|(deb|security|ftp)[.]debian[.]org|nodesource[.]com|rubygems[.]org": "a package registry's host",
    r"^(<{7}|>{7}) ": "a merge that was not finished",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}": "a private key",
}
TEXT = {".c", ".h", ".md", ".py", ".sh", ".js", ".ts", ".json", ".yaml", ".yml", ".build", ".sql", ""}


def check():
    found = []
    for file in tree.tracked():
        if file.suffix not in TEXT or "seeds" in file.parts:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        for pattern, what in PATTERNS.items():
            for match in re.finditer(pattern, text, re.M):
                number = text.count("\n", 0, match.start()) + 1
                found.append(f"{tree.name(file)}:{number}: {what}: {match.group(0).strip()}")
    return found
