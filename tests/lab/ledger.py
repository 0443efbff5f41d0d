"""A ledger read without Sluice's help: its entries, and whether each is what docs/ledger-entry.schema.json says."""

import functools
import json
import pathlib
import struct
import time

WIDTH = 256     # entries in a whole bundle
SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "ledger-entry.schema.json"


def _bundle_path(number):
    """tlog-tiles: thousands in groups of three, all but the last with an x."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts)


def _split(data):
    at = 0
    while at < len(data):
        size = struct.unpack_from(">H", data, at)[0]
        yield json.loads(data[at + 2:at + 2 + size])
        at += 2 + size


def _covered(ledger):
    size = int((ledger / "checkpoint").read_text().splitlines()[1])
    out = []
    for bundle in range((size + WIDTH - 1) // WIDTH):
        whole = ledger / "tile/entries" / _bundle_path(bundle)
        left = size - bundle * WIDTH
        part = whole.with_name(f"{whole.name}.p") / str(left)
        out += _split((whole if left >= WIDTH or not part.exists() else part).read_bytes())
    return out[:size]


def entries(ledger):
    """Every entry that a checkpoint covers, in order. What is not whole yet goes away when it has grown, with a checkpoint
    that says so: then that one is read."""
    for _ in range(20):
        try:
            return _covered(ledger)
        except FileNotFoundError:
            time.sleep(0.05)
    return _covered(ledger)


@functools.cache
def validators():
    """kind -> a validator of that branch of the schema, so that what is wrong is said, and not "none of 25"."""
    import jsonschema
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    out = {}
    for branch in schema["oneOf"]:
        kind = schema["$defs"][branch["$ref"].rsplit("/", 1)[1]]["properties"]["kind"]["const"]
        assert kind not in out, f"two branches for {kind}"
        out[kind] = jsonschema.Draft202012Validator({**schema, "oneOf": [branch]})
    return out


def misfits(ledger):
    """What the schema has against its entries; empty: nothing."""
    found = []
    for index, entry in enumerate(entries(ledger)):
        validator = validators().get(entry.get("kind"))
        if validator is None:
            found.append(f"entry {index}: the schema knows no kind {entry.get('kind')!r}")
            continue
        for error in validator.iter_errors(entry):
            inner = error.context or [error]
            found += [f"entry {index} ({entry['kind']}): {'/'.join(map(str, e.path))}: {e.message[:200]}" for e in inner[:3]]
    return found
