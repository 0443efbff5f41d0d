"""What script/test runs: each step is a name, and a function that returns a tap.Report."""

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import threading
from typing import Callable

import tap

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = ["build", "unit", "fuzz", "lint", "console", "cppcheck", "tidy", "play", "corpus", "oracle", "e2e", "crash"]
QUICK = ["build", "unit", "lint", "play"]
# Folder of each build, and the groups that need it.
BUILDS = {"gcc": ("build", []), "clang": ("build-clang", ["--clang"]), "fuzz": ("build-fuzz", ["--fuzz"])}
NEEDS = {"build": ["gcc", "clang", "fuzz"], "unit": ["gcc", "fuzz"], "fuzz": ["gcc", "fuzz"],
         "lint": ["gcc"], "tidy": ["gcc"], "play": ["gcc"], "corpus": ["gcc"], "oracle": ["gcc"],
         "e2e": ["gcc"], "crash": ["gcc"],
         "cppcheck": [], "console": []}
LABELS = {"plain": "gcc", "sanitized": "fuzz"}  # how unit tests are run, and from which build
FUZZ_SECONDS = 10
BEHIND = str(ROOT / "tests" / "runner" / "behind")
TIDY = ["clang-tidy", "--quiet", "--extra-arg=-Wno-ignored-optimization-argument"]  # gcc's -ffat-lto-objects
BEHIND_SECONDS = 1800  # for what takes a minute by itself
ONE_AT_A_TIME = threading.Lock()
# Tests that cannot run under the sanitizers, and why; they run in the plain build.
NOT_SANITIZED = {"sandbox": "the sanitizers' runtime needs what the sandbox forbids"}
LIMITS = {"play": 600, "corpus": 300, "oracle": 600, "e2e": 900, "crash": 300}


@dataclasses.dataclass
class Step:
    group: str
    name: str
    run: Callable


def folder(build):
    return ROOT / BUILDS[build][0]


def builds_for(groups, quick):
    wanted = [b for g in groups for b in NEEDS[g] if not (quick and b != "gcc")]
    return [b for b in BUILDS if b in wanted]


def build(name):
    options = BUILDS[name][1]
    title = {"gcc": "build with gcc -Werror", "clang": "build with clang -Werror",
             "fuzz": "build with clang, ASan, UBSan and libFuzzer"}[name]
    return tap.run_plain(title, ["script/build", *options], 1500, ROOT)


def _meson_tests(build_name):
    out = subprocess.run(["meson", "introspect", str(folder(build_name)), "--tests"],
                         check=True, capture_output=True).stdout
    return json.loads(out)


def _skipped(group, name, why):
    return Step(group, name, lambda: tap.Report(name, skipped=[(name, why)]))


def _meson_step(group, label, test):
    name = f"{group} {label}: {test['name']}"
    if label == "sanitized" and test["name"] in NOT_SANITIZED:
        return _skipped(group, name, NOT_SANITIZED[test["name"]])
    runner = tap.run_tap if test["protocol"] == "tap" else tap.run_plain
    where = folder(LABELS[label])
    # A test with arguments starts our programs: the leak check at their end breaks out of the sandbox,
    # and their ports are fixed.
    programs = len(test["cmd"]) > 1
    environment = {**test["env"], "SLUICE_BUILD": str(where),
                   "ASAN_OPTIONS": f"detect_leaks={not programs:d}"}

    def run():
        with ONE_AT_A_TIME if programs else contextlib.nullcontext():
            return runner(name, test["cmd"], test["timeout"], test["workdir"] or where, environment)
    return Step(group, name, run)


def unit(quick):
    labels = ["plain"] if quick else LABELS
    return [_meson_step("unit", label, test) for label in labels
            for test in _meson_tests(LABELS[label]) if "fuzz" not in "".join(test["suite"])]


def _fuzz_step(name):
    work = folder("fuzz") / "smoke" / name
    command = [BEHIND, str(folder("fuzz") / "fuzz" / f"fuzz_{name}"), f"-max_total_time={FUZZ_SECONDS}",
               "-timeout=10", "-rss_limit_mb=4096", "-print_final_stats=1", f"-artifact_prefix={work}/"]
    if (ROOT / "fuzz" / f"{name}.dict").exists():
        command.append(f"-dict=fuzz/{name}.dict")
    command += [str(work / "corpus"), f"fuzz/seeds/{name}"]

    def run():
        (work / "corpus").mkdir(parents=True, exist_ok=True)
        return tap.run_plain(f"fuzz {name} for {FUZZ_SECONDS} s", command, FUZZ_SECONDS + 300, ROOT)
    return Step("fuzz", f"fuzz {name}", run)


def fuzz(_quick):
    out = subprocess.run([str(ROOT / "fuzz" / "list-targets")], check=True, capture_output=True, text=True)
    seeds = [_meson_step("fuzz", "plain", t) for t in _meson_tests("gcc") if "fuzz" in "".join(t["suite"])]
    return seeds + [_fuzz_step(line.split()[0]) for line in out.stdout.splitlines()]


def lint(_quick):
    environment = {"SLUICE_BUILD": str(folder("gcc"))}
    command = [BEHIND, sys.executable, "-B", "tests/lint/run"]
    return [Step("lint", "lint", lambda: tap.run_tap("lint", command, BEHIND_SECONDS, ROOT, environment))]


def console(_quick):
    command = [BEHIND, sys.executable, "-B", "tests/console/run"]
    return [Step("console", "console", lambda: tap.run_tap("console", command, 300, ROOT))]


def cppcheck(_quick):
    command = [BEHIND, "cppcheck", "--quiet", "--std=c11", "--library=posix",
               "--library=tests/lint/cppcheck.cfg", "--enable=warning,performance,portability",
               "--inline-suppr", "--error-exitcode=1", "--suppressions-list=tests/lint/cppcheck.txt",
               "-D_GNU_SOURCE", "-D__x86_64__", "-DSLUICE_VERSION=\"\"", "-Isrc", "src"]
    return [Step("cppcheck", "cppcheck", lambda: tap.run_plain("cppcheck", command, BEHIND_SECONDS, ROOT))]


def tidy(_quick):
    database = json.loads((folder("gcc") / "compile_commands.json").read_text())
    files = sorted({os.path.normpath(os.path.join(c["directory"], c["file"])) for c in database})
    files = [f for f in files if f.startswith(str(ROOT / "src") + "/")]
    steps = []
    for at in range(0, len(files), 8):
        some = files[at:at + 8]
        name = f"clang-tidy {os.path.relpath(some[0], ROOT)} and {len(some) - 1} more"
        command = [BEHIND, *TIDY, "-p", str(folder("gcc")), *some]
        steps.append(Step("tidy", name, lambda n=name, c=command: tap.run_plain(n, c, BEHIND_SECONDS, ROOT)))
    return steps


def _system(group, part=""):
    """tests/<group>/<part>/run, when it is there: TAP, told by SLUICE_BUILD where the programs are."""
    program, name = ROOT / "tests" / group / part / "run", f"{group} {part}".rstrip()
    if not os.access(program, os.X_OK):
        return []
    environment = {"SLUICE_BUILD": str(folder("gcc"))}
    return [Step(group, name, lambda: tap.run_tap(name, [str(program)], LIMITS[group], ROOT, environment))]


# What runs two at a time; what runs by itself, for it measures time or uses ports; and what reads and computes,
# with the time that the tests leave (they mostly wait).
TOGETHER = {"unit": unit}
ALONE = {name: (lambda quick, n=name: _system(n)) for name in ("play", "corpus", "oracle", "e2e", "crash")}
ALONE["corpus"] = lambda quick: _system("corpus") + _system("corpus", "smith")
MEANWHILE = {"console": console, "cppcheck": cppcheck, "tidy": tidy, "lint": lint, "fuzz": fuzz}
