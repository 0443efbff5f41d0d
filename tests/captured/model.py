"""Each line of docs/threat-model.md names a test that exists."""

import fnmatch
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE_ROW = re.compile(r"^\|(.*)\|\s*$")


def known():
    """Names that a page may use: C test functions and files, plays, fuzz targets, parts and titles of tests/crash."""
    programs = [*ROOT.glob("tests/unit/test_*.c"), *ROOT.glob("tests/captured/test_*.c"), *ROOT.glob("fuzz/fuzz_*.c")]
    names = {f.stem for f in programs}
    names |= {f.name for f in ROOT.glob("tests/play/*.play")}
    for f in [*ROOT.glob("tests/unit/test_*.c"), *ROOT.glob("tests/captured/test_*.c")]:
        names |= set(re.findall(r"SL_RUN\((test_\w+)\)", f.read_text(encoding="utf-8")))
    return names


def titles():
    """The texts of tests written in Python, with a star where they say something in between."""
    out = []
    for f in [*ROOT.glob("tests/crash/*.py"), *ROOT.glob("tests/captured/*.py")]:
        for text in re.findall(r'f?"((?:captured|stale|each|P\d+|power|the|what|a disk)[^"\n]*)"', f.read_text(encoding="utf-8")):
            out.append(re.sub(r"\{[^}]*\}", "*", text))
    for f in ROOT.glob("tests/e2e/e2e_*.py"):
        for text in re.findall(r'def test_\w+\(lab\):\n    """([^"\n]*)"""', f.read_text(encoding="utf-8")):
            out.append(f"{f.stem.removeprefix('e2e_')}: {text}")
    return out


def names_in(page):
    """Every name in the last column of a table whose head says `played by`."""
    wanted, playing = [], False
    for line in page.splitlines():
        row = TABLE_ROW.match(line)
        if not row:
            playing = False
            continue
        last = row.group(1).rsplit("|", 1)[1]
        if "played by" in last:
            playing = True
        elif playing:
            found = re.findall(r"`([^`]+)`", last)
            wanted += [(name, line) for name in found]
            if not found and "---" not in last:
                wanted.append(("", line))
    return wanted


def exists(name, names, texts):
    name = name.removeprefix("tests/play/")
    if name.startswith("tests/"):
        return (ROOT / name.split()[0]).exists()
    if name in ("storm", "disk", "tail", "timeouts.login"):
        return True
    if any(fnmatch.fnmatchcase(n, name) or n.startswith(name.rstrip("*")) and name.endswith("*") for n in names):
        return True
    plain = name.replace("...", "*")
    return any(fnmatch.fnmatchcase(t, plain + "*") or fnmatch.fnmatchcase(plain, t.replace("`", "")) or
               fnmatch.fnmatchcase(t.replace("`", ""), plain + "*") for t in texts)


def every_line_is_played():
    page = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    names, texts = known(), titles()
    wanted = names_in(page)
    assert len(wanted) > 80, f"only {len(wanted)} names found"
    wrong = [f"no such test: {name or 'none'} in {line}" for name, line in wanted if not name or not exists(name, names, texts)]
    assert not wrong, "\n".join(wrong)


def run(out):
    out.run("every line of the threat model names a test that exists", every_line_is_played)
