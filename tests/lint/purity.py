"""Layers 0-4 are pure: no input or output, no clock, no printf, no global state that changes.

Looks at the symbols that the built libraries leave undefined. The list says what is allowed; what is
not on it is not allowed.
"""

import os
import pathlib
import re
import subprocess

import tree

C_LIBRARY = set("""
    malloc calloc realloc reallocarray free abort qsort bsearch
    memcpy memmove memset memcmp memchr memrchr memmem
    strlen strnlen strcmp strncmp strchr strrchr strstr strspn strcspn strpbrk
    strcasecmp strncasecmp __memcpy_chk __memmove_chk __memset_chk
    __stack_chk_fail _GLOBAL_OFFSET_TABLE_ __ctype_b_loc __ctype_tolower_loc
    __popcountdi2 __cpu_model
""".split())
OURS = r"sl_\w+"

# library -> other symbols that it may leave undefined, with the reason.
LIBRARIES = {
    "base": "",
    "crypto": r"[di]2[di]_PUBKEY|(EVP|BN|PEM|BIO|ERR|OPENSSL|OSSL|RSA|EC|CRYPTO|PKCS5|X509|SHA256|SHA1)_\w+",  # the door to libcrypto
    "json": r"json\w+",                      # jansson, for control traffic
    "wire_pg": "",
    "wire_http1": "",
    "wire_ws": "",
    "wire_mcp": r"json\w+",                  # MCP is JSON
    "core_action": r"json\w+",               # checks that an operation is canonical JSON
    "core_webauthn": r"json\w+",
    "core_scim": r"json\w+",
    "core_chat": r"json\w+",
    "core_hooks": r"json\w+",
    "core_policy": r"json\w+|yaml_\w+",      # the configuration file
    "core_approval": r"json\w+",
    "core_ledger": r"json\w+",
    # the SQL grammar, PostgreSQL's memory contexts and error jumps around it
    "judge_sql": r"pg_query_\w+|json\w+|\w*MemoryContext\w*|palloc\w*|pfree|_?_?sigsetjmp|raw_parser"
                 r"|PG_exception_stack|error_context_stack|list_\w+|CopyErrorData|FreeErrorData"
                 r"|FlushErrorState|core_yy\w+|scanner_\w+|ScanKeywords\w*|nodeTag|bms_\w+",
    "ipc": "",
}
# Algorithms fetched once and one context each: crypto/README.md.
MAY_HOLD_STATE = {"crypto"}
# sl_promise_broken leaves its reason for the core dump; of tomb_mark only the address is used.
STATE_EXCEPTIONS = {"sl_broken_promise", "tomb_mark"}


def build_folder():
    return pathlib.Path(os.environ.get("SLUICE_BUILD", tree.ROOT / "build"))


def _output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _undefined(archive):
    """Symbols that no member of the archive defines."""
    wanted, defined = set(), set()
    for line in _output("nm", str(archive)).splitlines():
        words = line.split()
        if len(words) == 2 and words[0] in "Uw":
            wanted.add(words[1])
        elif len(words) == 3:
            defined.add(words[2])
    return wanted - defined


def _state(archive):
    """Objects in writable sections. (.data.rel.ro is constant after loading.)"""
    pattern = re.compile(r"\sO\s+(\.data|\.bss|\.tbss|\.tdata|\*COM\*)(?!\.rel\.ro)\S*\s+\S+\s+(?:\.hidden )?(\S+)$")
    lines = _output("objdump", "-t", str(archive)).splitlines()
    return {m.group(2) for line in lines if (m := pattern.search(line))}


def _complaints(library, archive):
    allowed = re.compile(f"{OURS}|{LIBRARIES[library]}" if LIBRARIES[library] else OURS)
    found = [f"{library}: calls {s}" for s in sorted(_undefined(archive))
             if s not in C_LIBRARY and not allowed.fullmatch(s)]
    if library not in MAY_HOLD_STATE:
        found += [f"{library}: {s} can change" for s in sorted(_state(archive) - STATE_EXCEPTIONS)]
    return found


def check():
    found = []
    for library in LIBRARIES:
        archives = list((build_folder() / "src").rglob(f"lib{library}.a"))
        if not archives:
            found.append(f"{library}: is not built in {build_folder()}")
        for archive in archives:
            found += _complaints(library, archive)
    return found
