"""PostgreSQL's own regression suite: its SQL files, out of Debian's source package."""

import pathlib
import re
import subprocess
import tarfile

import tap

PACKAGE = "postgresql-15"


def _apt(folder, *words):
    """apt-get with source lists of its own, so that this machine's stay as they are."""
    own = ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={folder / 'etc'}",
           "-o", f"Dir::State::lists={folder / 'lists'}", "-o", "APT::Sandbox::User=root"]
    return subprocess.run(["apt-get", "-qq", *own, *words], cwd=folder, capture_output=True, text=True,
                          timeout=300, check=False)


def _sources(folder):
    """The machine's own package sources, asked for source packages."""
    (folder / "etc").mkdir()
    (folder / "lists").mkdir()
    found = 0
    for file in sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*.sources")):
        text = re.sub(r"(?m)^Types:.*$", "Types: deb-src", file.read_text())
        (folder / "etc" / file.name).write_text(text)
        found += 1
    for file in [pathlib.Path("/etc/apt/sources.list"), *pathlib.Path("/etc/apt/sources.list.d").glob("*.list")]:
        if file.is_file():
            lines = [re.sub(r"^deb\s", "deb-src ", x) for x in file.read_text().splitlines()]
            (folder / "etc" / (file.stem + ".list")).write_text("\n".join(lines) + "\n")
            found += 1
    if not found:
        raise tap.Skip("this machine names no package sources")


def _versions(folder):
    own = ["-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={folder / 'etc'}",
           "-o", f"Dir::State::lists={folder / 'lists'}"]
    out = subprocess.run(["apt-cache", *own, "showsrc", PACKAGE], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(?m)^Version: (\S+)", out)


def fetch(folder):
    """{file name: SQL text} of src/test/regress/sql; Skip when the package cannot be had."""
    _sources(folder)
    done = _apt(folder, "update")
    for version in _versions(folder):
        _apt(folder, "--download-only", "source", f"{PACKAGE}={version}")
        tars = list(folder.glob(f"{PACKAGE}_*.orig.tar.*"))
        if tars:
            return _unpack(tars[0])
    raise tap.Skip(f"the source package of {PACKAGE} cannot be had: {done.stderr.strip()[:200] or 'not served'}")


def _unpack(archive):
    files = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            found = re.search(r"/src/test/regress/sql/([\w-]+)\.sql$", member.name)
            if found and member.isfile():
                files[found.group(1)] = tar.extractfile(member).read().decode("utf-8", "replace")
    return files


DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")


def split(text):
    """The statements of a psql script, without psql's own commands and COPY's data."""
    out, begin, at, depth, n = [], 0, 0, 0, len(text)
    while at < n:
        two = text[at:at + 2]
        if two == "--":
            at = text.find("\n", at) if "\n" in text[at:] else n
        elif two == "/*":
            end, level = at + 2, 1
            while end < n and level:
                level += {"/*": 1, "*/": -1}.get(text[end:end + 2], 0)
                end += 2 if text[end:end + 2] in ("/*", "*/") else 1
            at = end
        elif text[at] in "'\"":
            quote, escapes = text[at], at > 0 and text[at - 1] in "eE"
            at += 1
            while at < n and text[at] != quote:
                at += 2 if escapes and text[at] == "\\" else 1
            at += 1
        elif text[at] == "$" and DOLLAR.match(text, at):
            mark = DOLLAR.match(text, at).group()
            end = text.find(mark, at + len(mark))
            at = n if end < 0 else end + len(mark)
        elif text[at] == "\\":
            line = text.find("\n", at)
            line = n if line < 0 else line
            head = text[begin:at].strip()
            if head:
                out.append(head)
            at = begin = line
        elif text[at] == ";" and depth == 0:
            statement = text[begin:at].strip()
            at += 1
            begin = at
            if statement:
                out.append(statement)
                if re.search(r"(?is)^copy\b.*\bfrom\s+stdin", statement):
                    end = text.find("\n\\.", at)
                    at = begin = n if end < 0 else end + 3
        else:
            at += 1
    return [s for s in out if not re.fullmatch(r"(?s)(\s|--[^\n]*(\n|$))*", s)]
