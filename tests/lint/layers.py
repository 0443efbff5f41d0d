"""Who may include whom: your own folder or a lower layer, never sideways, never another's _int.h."""

import re

import tree

# docs and the list in the house style: one number a layer; inside core, left to right.
LAYERS = {
    "base": 0, "crypto": 1, "json": 1, "wire/pg": 2, "wire/http1": 2, "wire/ws": 2, "wire/mcp": 2,
    "core/action": 3.1, "core/webauthn": 3.12, "core/oidc": 3.13, "core/scim": 3.14, "core/hooks": 3.145, "core/chat": 3.147, "core/catalog": 3.15, "core/classify": 3.16, "core/policy": 3.2, "core/approval": 3.3, "core/ledger": 3.4,
    "core/lineage": 3.5, "judge/sql": 4, "judge/mcp": 4, "judge/http": 4, "ipc": 4, "os": 5,
    "role/super": 6, "role/gate": 6, "role/judge": 6, "role/keeper": 6, "role/desk": 6, "role/courier": 6, "cli": 6,
}
# Named exceptions: (folder, header) -> why.
EXCEPTIONS = {
    ("cli", "role/super/super.h"): "`sluice serve` is the supervisor",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def folder_of(path):
    parts = path.split("/")
    for n in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:n]) in LAYERS:
            return "/".join(parts[:n])
    return None


def complaints_of(path):
    mine = folder_of(path.removeprefix("src/"))
    if mine is None:
        return [f"{path}: its folder has no layer (tests/lint/layers.py)"]
    found = []
    for header in INCLUDE.findall((tree.ROOT / path).read_text(encoding="utf-8")):
        theirs = folder_of(header)
        if theirs is None:
            if ((tree.ROOT / path).parent / header).exists():
                found.append(f'{path}: include "{header}" by its path from src/')
        elif theirs == mine or (mine, header) in EXCEPTIONS:
            continue
        elif header.endswith("_int.h"):
            found.append(f"{path}: {header} is private to {theirs}")
        elif LAYERS[theirs] >= LAYERS[mine]:
            found.append(f"{path}: {mine} may not include {header}")
    return found


def check():
    return [c for f in tree.sources("src") for c in complaints_of(tree.name(f))]
