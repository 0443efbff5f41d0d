"""Behind script/test: builds, runs the steps, two at a time where that is harmless, and sums up."""

import collections
import concurrent.futures
import sys
import threading
import time

import excused
import steps
import tap

WORKERS = 2


def say(text=""):
    print(text, flush=True)


def show(report):
    mark = "FAIL" if report.failed else "ok  "
    say(f"{mark} {report.name}: {report.verdict()} ({report.seconds:.0f} s)")


def build_all(names):
    reports = {}
    for name in names:
        reports[name] = steps.build(name)
        show(reports[name])
    return reports


def without_builds(groups, builds):
    """The groups that can run; the others are failures, not silence."""
    broken = {name for name, report in builds.items() if report.failed}
    blocked = [g for g in groups if g != "build" and broken & set(steps.NEEDS[g])]
    return ([g for g in groups if g not in blocked],
            [tap.Report(g, failed=[f"{g}: not run, a build failed"]) for g in blocked])


def guarded(step):
    """A step that cannot even start is a failure with a name, not a stack trace."""
    try:
        return step.run()
    except OSError as why:
        return tap.Report(step.name, failed=[f"{step.name}: {why}"])


def run_together(todo):
    reports = []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in concurrent.futures.as_completed([pool.submit(guarded, s) for s in todo]):
            reports.append(done.result())
            show(reports[-1])
    return reports


def run_alone(todo):
    reports = []
    for step in todo:
        say(f"...  {step.name}")
        reports.append(guarded(step))
        show(reports[-1])
    return reports


def drain(waiting, reports):
    """Runs what still waits, until nothing does; as many threads as like may do so."""
    while True:
        try:
            step = waiting.popleft()
        except IndexError:
            return
        reports.append(guarded(step))
        show(reports[-1])


def run_alone_and_meanwhile(alone, meanwhile):
    """One worker behind those that run alone; two once these have ended."""
    waiting, reports = collections.deque(meanwhile), []
    worker = threading.Thread(target=drain, args=(waiting, reports))
    worker.start()
    try:
        in_front = run_alone(alone)
        drain(waiting, reports)
    except BaseException:
        waiting.clear()
        raise
    finally:
        worker.join()
    return in_front + reports


def keep_logs(reports):
    where = steps.ROOT / "build" / "test-logs"
    where.mkdir(parents=True, exist_ok=True)
    for report in reports:
        name = "".join(c if c.isalnum() else "-" for c in report.name)
        (where / f"{name}.log").write_text(report.log)
    return where


def sum_up(reports):
    for report in reports:
        if report.failed:
            say(f"\n--- {report.name} " + "-" * max(1, 90 - len(report.name)))
            say(report.log.rstrip())
    skipped = [(r.name, name, why) for r in reports for name, why in r.skipped]
    if skipped:
        say("\nSkipped:")
        for program, name, why in skipped:
            say(f"  {program}: {name}: {why}")
    failed = [(r.name, name) for r in reports for name in r.failed] + excused.missing(skipped)
    if failed:
        say("\nFailed:")
        for program, name in failed:
            say(f"  {program}: {name}")
    passed = sum(r.passed for r in reports)
    say()
    say(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


def plan(groups, quick):
    """The steps of each way to run them."""
    return [[s for g in groups if g in way for s in way[g](quick)]
            for way in (steps.TOGETHER, steps.ALONE, steps.MEANWHILE)]


def main(arguments):
    quick = "--quick" in arguments
    groups = [a for a in arguments if a != "--quick"] or (steps.QUICK if quick else steps.GROUPS)
    unknown = [g for g in groups if g not in steps.GROUPS]
    if unknown:
        say(f"test: {unknown[0]} is none of: --quick {' '.join(steps.GROUPS)}")
        return 2
    start = time.monotonic()
    builds = build_all(steps.builds_for(groups, quick))
    groups, blocked = without_builds(groups, builds)
    together, alone, meanwhile = plan(groups, quick)
    reports = [*builds.values(), *blocked, *run_together(together),
               *run_alone_and_meanwhile(alone, meanwhile)]
    where = keep_logs(reports).relative_to(steps.ROOT)
    say(f"\nLogs are in {where}; {time.monotonic() - start:.0f} s.")
    return sum_up(reports)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
