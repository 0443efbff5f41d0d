"""Functions that may not be called, and why."""

import re

import tree

UNBOUNDED = "no bound on what it writes"
SILENT = "an error looks like a number; use sl_span_u64"
STATIC = "returns hidden shared memory"
SHELL = "runs a shell"
BANNED = {
    "strcpy": UNBOUNDED, "stpcpy": UNBOUNDED, "strcat": UNBOUNDED, "sprintf": UNBOUNDED,
    "vsprintf": UNBOUNDED, "gets": UNBOUNDED, "strncpy": "may leave no terminator",
    "strncat": "its bound is not what one thinks", "scanf": SILENT, "sscanf": SILENT,
    "fscanf": SILENT, "atoi": SILENT, "atol": SILENT, "atoll": SILENT, "atof": SILENT,
    "strtok": "changes its input and remembers it", "alloca": "the stack has no bound check",
    "system": SHELL, "popen": SHELL, "tmpnam": "another may take the name first",
    "mktemp": "another may take the name first", "rand": "not random", "srand": "not random",
    "random": "not random", "localtime": STATIC, "gmtime": STATIC, "ctime": STATIC,
    "asctime": STATIC, "gethostbyname": STATIC, "inet_ntoa": STATIC, "strerror": STATIC,
    "setjmp": "jumps over clean-up", "longjmp": "jumps over clean-up", "vfork": "shares memory",
    "truncate": "the sandboxes know ftruncate alone",
}
PURE_TOO = {"snprintf": "use sl_buf_say", "vsnprintf": "use sl_buf_say", "printf": "no output here",
            "fprintf": "no output here", "getenv": "no environment here"}
PURE = ("base", "crypto", "json", "wire", "core", "judge", "ipc")
# Named exceptions: (file, function) -> why.
EXCEPTIONS = {
    # strerror is fine in programs with one thread, at the place that logs.
    "strerror": ("src/os", "src/role", "src/cli"),
}
CALL = re.compile(r"(?<![\w.>])(\w+)\s*\(")


def _rules(path):
    top = path.split("/")[1]
    return {**BANNED, **PURE_TOO} if top in PURE else BANNED


def check():
    found = []
    for file in tree.sources("src"):
        path, rules = tree.name(file), _rules(tree.name(file))
        for number, line in enumerate(tree.code_of(file).splitlines(), 1):
            for called in CALL.findall(line):
                if called in rules and not path.startswith(EXCEPTIONS.get(called, ("-",))):
                    found.append(f"{path}:{number}: {called}: {rules[called]}")
    return found
