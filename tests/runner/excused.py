"""Skips that must not stay green where nobody looks (CI=true): what proves that people can sign in, see and decide needs
programs of others, and a run without them has proved nothing of it."""

import os
import re

# program or row that the name begins with, as script/test prints it: what is skipped there fails the run
PROOF = re.compile(r"(console\w*|reports|signin\w*|live|passkey|jobs|slack\w*|teams\w*|mcp):")
# what may be missing all the same, and why
EXCUSED = {}


def is_proof(name, why):
    """Is this skip one that must fail?"""
    return bool(PROOF.match(name)) and not any(re.search(words, f"{name}: {why}") for words in EXCUSED)


def missing(skipped):
    """Of (program, name, why), in CI, those that fail the run; elsewhere none."""
    if os.environ.get("CI") != "true":
        return []
    return [(program, f"{name}: skipped in CI, where it has to run: {why}") for program, name, why in skipped
            if is_proof(name, why)]
