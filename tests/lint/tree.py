"""What the lint checks share: the sources, and C text without its comments and strings."""

import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.lru_cache
def tracked():
    """Every file that is, or with the next commit would be, in the repository."""
    out = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "-z"],
        check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in sorted(out.split("\0")) if name and (ROOT / name).is_file()]


def sources(*folders, suffixes=(".c", ".h")):
    tops = [ROOT / folder for folder in folders or ("src",)]
    return [f for f in tracked() if f.suffix in suffixes and any(t in f.parents for t in tops)]


def name(path):
    return str(path.relative_to(ROOT))


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(match):
    text = match.group(0)
    if text[0] in "\"'":
        return text[0] + text[0]
    return "\n" * text.count("\n") or " "


def code_of(path):
    """The C text with comments and the insides of strings removed; line numbers stay."""
    return TOKEN.sub(_blank, path.read_text(encoding="utf-8"))
