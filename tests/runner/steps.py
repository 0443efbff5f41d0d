"""What script/test runs: each step is a name, and a function that returns a tap.Report."""

import dataclasses
import itertools
import json
import os
import pathlib
import subprocess
import sys
from typing import Callable

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = ["build", "unit", "fuzz", "lint", "console", "cppcheck", "tidy", "play", "corpus", "oracle", "e2e", "crash"]
QUICK = ["build", "unit", "lint", "play"]
# Folder of each build, and the groups that need it. Clang compiles everything once, with sanitizers: the warnings are
# the same without.
BUILDS = {"gcc": ("build", []), "fuzz": ("build-fuzz", ["--fuzz"])}
NEEDS = {"build": ["gcc", "fuzz"], "unit": ["gcc", "fuzz"], "fuzz": ["gcc", "fuzz"], "cppcheck": [], "console": []}
ONLY_GCC = {"fuzz/driver.c"}    # stands in where libFuzzer is not
LABELS = {"plain": "gcc", "sanitized": "fuzz"}  # how unit tests are run, and from which build
FUZZ_SECONDS, FUZZ_RUNS = 1, 8000       # a smoke run ends with the first of them; script/fuzz is for hours
LEAST_LIMIT = 300       # seconds until a unit test counts as hanging, however busy the machine is
UNITS = 4       # unit tests at a time: most of them wait
BESIDE, BEHIND = ([str(ROOT / "tests" / "runner" / "behind"), level] for level in ("5", "15"))
# gcc's -ffat-lto-objects is unknown to clang. The analyzer follows 20,000 states of a function, not 225,000: a fifth of
# the time, and the ways through our functions are short.
TIDY = ["clang-tidy", "--quiet", "--extra-arg=-Wno-ignored-optimization-argument",
        *(f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=20000"))]
BEHIND_SECONDS = 1800  # for what takes a minute by itself
# Unit tests that take longest, most of it waiting.
LONG = ("keeper_hooks", "courier", "captured_desk", "captured_large", "passkey_ledger", "ledger_verify", "desk_talk", "keeper_ends", "keeper_pushed", "trail", "policy_properties")
# Tests that cannot run under the sanitizers, and why; they run in the plain build.
NOT_SANITIZED = {"sandbox": "the sanitizers' runtime needs what the sandbox forbids"}
FREED_IS_GONE = {"MALLOC_PERTURB_": "165"}     # glibc fills what is freed, and what is given out: who still reads it finds neither
LIMITS = {"play": 600, "corpus": 600, "oracle": 900, "e2e": 900, "crash": 600}
CLIENTS = ("play", "e2e")       # those for whom everything else makes room


@dataclasses.dataclass
class Step:
    group: str
    name: str
    run: Callable
    needs: str = "gcc"      # the build without which it cannot run


def folder(build):
    return ROOT / BUILDS[build][0]


def builds_for(groups, quick):
    wanted = [b for g in groups for b in NEEDS.get(g, ["gcc"]) if not (quick and b != "gcc")]
    return [b for b in BUILDS if b in wanted]


def _compiled(name):
    """The files that this build compiles, those that it makes itself by their place in it."""
    database = json.loads((folder(name) / "compile_commands.json").read_text())
    files = {os.path.relpath(os.path.join(c["directory"], c["file"]), ROOT) for c in database}
    return {file.removeprefix(f"{BUILDS[name][0]}/") for file in files}


def _build_behind():
    """Clang's build, which the sanitized unit tests wait for; it leaves out nothing that gcc compiled."""
    report = build("fuzz", BESIDE)
    missing = [] if report.failed else sorted(_compiled("gcc") - _compiled("fuzz") - ONLY_GCC)
    report.failed += [f"clang did not compile {file}" for file in missing]
    return report


def build(name, before=()):
    options = BUILDS[name][1]
    title = {"gcc": "build with gcc -Werror", "fuzz": "build with clang -Werror, ASan, UBSan and libFuzzer"}[name]
    return tap.run_plain(title, [*before, "script/build", *options], 1500, ROOT)


def _meson_tests(build_name):
    out = subprocess.run(["meson", "introspect", str(folder(build_name)), "--tests"],
                         check=True, capture_output=True).stdout
    return json.loads(out)


def _skipped(group, name, why):
    return Step(group, name, lambda: tap.Report(name, skipped=[(name, why)]))


def _meson_step(group, label, test):
    """One test of gcc's build; sanitized, the program of the same name in the other build."""
    name = f"{group} {label}: {test['name']}"
    if label == "sanitized" and test["name"] in NOT_SANITIZED:
        return _skipped(group, name, NOT_SANITIZED[test["name"]])
    runner = tap.run_tap if test["protocol"] == "tap" else tap.run_plain
    limit = max(test["timeout"], LEAST_LIMIT) * (4 if label == "sanitized" else 1)  # for it is several times slower
    where = folder(LABELS[label])
    command = [*BESIDE, *(word.replace(f"{folder('gcc')}/", f"{where}/") for word in test["cmd"])]
    # A test with arguments starts our programs: the leak check at their end breaks out of the sandbox.
    environment = {**test["env"], **FREED_IS_GONE, "SLUICE_BUILD": str(where),
                   "ASAN_OPTIONS": f"detect_leaks={len(test['cmd']) == 1:d}"}
    return Step(group, name, lambda: runner(name, command, limit, test["workdir"] or where, environment), LABELS[label])


def unit(label):
    """The longest first, then those that start our programs, for they wait."""
    tests = [t for t in _meson_tests("gcc") if "fuzz" not in "".join(t["suite"])]
    tests.sort(key=lambda t: (LONG.index(t["name"]) if t["name"] in LONG else len(LONG), -len(t["cmd"])))
    return [_meson_step("unit", label, test) for test in tests]


def _fuzz_step(name):
    work = folder("fuzz") / "smoke" / name
    command = [*BEHIND, str(folder("fuzz") / "fuzz" / f"fuzz_{name}"), f"-max_total_time={FUZZ_SECONDS}", f"-runs={FUZZ_RUNS}",
               "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={work}/"]
    if (ROOT / "fuzz" / f"{name}.dict").exists():
        command.append(f"-dict=fuzz/{name}.dict")
    command += [str(work / "corpus"), f"fuzz/seeds/{name}"]

    def run():
        (work / "corpus").mkdir(parents=True, exist_ok=True)
        return tap.run_plain(f"fuzz {name}, a smoke run", command, FUZZ_SECONDS + 300, ROOT)
    return Step("fuzz", f"fuzz {name}", run, "fuzz")


def fuzz():
    out = subprocess.run([str(ROOT / "fuzz" / "list-targets")], check=True, capture_output=True, text=True)
    seeds = [_meson_step("fuzz", "plain", t) for t in _meson_tests("gcc") if "fuzz" in "".join(t["suite"])]
    return seeds + [_fuzz_step(line.split()[0]) for line in out.stdout.splitlines()]


def lint():
    environment = {"SLUICE_BUILD": str(folder("gcc"))}
    command = [*BEHIND, sys.executable, "-B", "tests/lint/run"]
    return [Step("lint", "lint", lambda: tap.run_tap("lint", command, BEHIND_SECONDS, ROOT, environment))]


def console():
    command = [*BEHIND, sys.executable, "-B", "tests/console/run"]
    return [Step("console", "console", lambda: tap.run_tap("console", command, BEHIND_SECONDS, ROOT), "")]


def cppcheck():
    """All of it at once: it follows values from file to file, too."""
    command = [*BEHIND, "cppcheck", "--quiet", "--std=c11", "--library=posix",
               "--library=tests/lint/cppcheck.cfg", "--enable=warning,performance,portability",
               "--inline-suppr", "--error-exitcode=1", "--suppressions-list=tests/lint/cppcheck.txt",
               "-D_GNU_SOURCE", "-D__x86_64__", "-DSLUICE_VERSION=\"\"", "-Isrc", "src"]
    return [Step("cppcheck", "cppcheck", lambda: tap.run_plain("cppcheck", command, BEHIND_SECONDS, ROOT), "")]


def tidy():
    database = json.loads((folder("gcc") / "compile_commands.json").read_text())
    files = sorted({os.path.normpath(os.path.join(c["directory"], c["file"])) for c in database})
    files = [f for f in files if f.startswith(str(ROOT / "src") + "/")]
    steps = []
    for at in range(0, len(files), 8):
        some = files[at:at + 8]
        name = f"clang-tidy {os.path.relpath(some[0], ROOT)} and {len(some) - 1} more"
        command = [*BEHIND, *TIDY, "-p", str(folder("gcc")), *some]
        steps.append(Step("tidy", name, lambda n=name, c=command: tap.run_plain(n, c, BEHIND_SECONDS, ROOT)))
    return steps


def _system(group, part=""):
    """tests/<group>/<part>/run, when it is there: TAP, told by SLUICE_BUILD where the programs are."""
    program, name = ROOT / "tests" / group / part / "run", f"{group} {part}".rstrip()
    if not os.access(program, os.X_OK):
        return []
    environment = {"SLUICE_BUILD": str(folder("gcc")), **(FREED_IS_GONE if group == "play" else {})}
    command = [*([] if group in CLIENTS else BESIDE), str(program)]
    return [Step(group, name, lambda: tap.run_tap(name, command, LIMITS[group], ROOT, environment))]


def corpus_on_17():
    """Where the version counts: what the server says of its definitions and shows of itself. All of it by hand (docs/README.md)."""
    name, program = "corpus on PostgreSQL 17", ROOT / "tests/corpus/run"
    words = ["03-", "04-", "05-operators", "10-set-off", "11-inheritance", "12-system", "17-reread"]
    environment = {"SLUICE_BUILD": str(folder("gcc"))}
    return [Step("corpus", name, lambda: tap.run_tap(name, [*BESIDE, str(program), "--server", "17", *words], LIMITS["corpus"], ROOT,
                                                     environment))]


def _group(name, steps, wanted):
    return steps() if name in wanted else []


def front(wanted, quick):
    """What waits more than it computes: lanes that run side by side; a lane is batches of (steps, how many at a time), one
    after the other. Plays and real clients have the time that they want at once; beside them runs what takes as long as it
    takes."""
    def system(*names):
        return [(_group(n.split()[0], lambda n=n: _system(*n.split()), wanted), 1) for n in names]

    on_17 = (_group("corpus", corpus_on_17, wanted), 1)
    plain = (_group("unit", lambda: unit("plain"), wanted), UNITS)
    sanitized = ([] if quick else _group("unit", lambda: unit("sanitized"), wanted), UNITS)
    return [system("play", "e2e"), [plain, *system("corpus", "corpus smith", "oracle", "crash"), on_17], [sanitized]]


def behind(wanted, quick):
    """What reads and computes, with the time that the front leaves, in this order. Fuzzing has its seconds by the clock for
    each target: it goes between pieces of what has to be done anyway."""
    built = [] if quick or not builds_for(wanted, quick)[1:] else [Step("build", "fuzz", _build_behind, "")]
    pieces, fuzzing = _group("tidy", tidy, wanted), _group("fuzz", fuzz, wanted)
    first = len(pieces) // 3        # until clang has built
    mixed = [s for pair in itertools.zip_longest(pieces[first:], fuzzing) for s in pair if s]
    return [*built, *_group("console", console, wanted), *_group("lint", lint, wanted),
            *_group("cppcheck", cppcheck, wanted), *pieces[:first], *mixed]
