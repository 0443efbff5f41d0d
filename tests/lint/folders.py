"""Each folder says why it exists: a README in it, or a parent that speaks for it."""

import pathlib

import tree

# Inputs of tests and what a tool makes: folder -> whose README says what lies below it.
SPOKEN_FOR = {"fuzz/seeds": "fuzz", "tests/corpus": "tests/corpus", "console/dist": "console", "console/public": "console"}


def spoken_for(folder, readmes):
    return any(readmes >= {pathlib.PurePath(whose)} and (folder == pathlib.PurePath(top) or pathlib.PurePath(top) in folder.parents)
               for top, whose in SPOKEN_FOR.items())


def silent(files):
    """The folders that hold one of these files, themselves or below them, and say nothing."""
    readmes = {f.parent for f in files if f.name == "README.md"}
    folders = {folder for f in files for folder in f.parents}
    return sorted(f for f in folders - readmes if not spoken_for(f, readmes))


def check():
    files = [f.relative_to(tree.ROOT) for f in tree.tracked()]
    example = [pathlib.PurePath(n) for n in ("README.md", "a/README.md", "a/b/c.h", "fuzz/README.md", "fuzz/seeds/pg/one", "tests/README.md",
                                             "tests/corpus/attacks/x.txt")]
    found = list(map(str, silent(example)))
    if found != ["a/b", "tests/corpus", "tests/corpus/attacks"]:
        return [f"the check itself is wrong: {found}"]
    return [f"{folder}/README.md is missing" for folder in silent(files)]
