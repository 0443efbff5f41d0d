"""Each folder with sources says why it exists."""

import tree


def check():
    folders = {f.parent for f in tree.sources("src", "fuzz", "bench", "tests")}
    folders |= {tree.ROOT / top for top in ("docs", "script") if (tree.ROOT / top).is_dir()}
    return [f"{tree.name(f)}/README.md is missing" for f in sorted(folders)
            if not (f / "README.md").is_file()]
