"""Behind script/test: builds, runs the steps, what waits beside what computes, and sums up."""

import collections
import concurrent.futures
import sys
import threading
import time

import excused
import steps
import tap

BEHIND = 2      # steps behind the others at a time
WHY_LINES = 16  # of a failure in the sum at the end; all of it is above, and in its log


def say(text=""):
    print(text, flush=True)


def show(report):
    mark = "FAIL" if report.failed else "ok  "
    say(f"{mark} {report.name}: {report.verdict()} ({report.seconds:.0f} s, {report.cpu_seconds:.0f} s of CPU)")


class Run:
    """What was run so far. Steps wait here for the build that they need; without it they are failures, not silence."""

    def __init__(self, builds):
        self.reports, self.lock = [], threading.Lock()
        self.built = {name: threading.Event() for name in builds}
        self.broken, self.not_run = set(), set()

    def keep(self, report):
        with self.lock:
            if report.name in self.not_run:     # one failure stands for its group
                return
            self.reports.append(report)
            if any("not run, a build failed" in why for why in report.failed):
                self.not_run.add(report.name)
            show(report)

    def build(self, name, make):
        try:
            report = make()
        except OSError as why:
            report = tap.Report(f"build {name}", failed=[f"build {name}: {why}"])
        if report.failed:
            self.broken.add(name)
        self.built[name].set()
        return report

    def step(self, step):
        """A step that cannot even start is a failure with a name, not a stack trace."""
        try:
            if step.group == "build":
                report = self.build(step.name, step.run)
            else:
                report = self._after_build(step)
        except OSError as why:
            report = tap.Report(step.name, failed=[f"{step.name}: {why}"])
        self.keep(report)

    def _after_build(self, step):
        if step.needs:
            self.built[step.needs].wait()
        if step.needs not in self.broken:
            return step.run()
        name = f"{step.group} ({step.needs})"
        return tap.Report(name, failed=[f"{name}: not run, a build failed"])

    def batch(self, todo, at_a_time):
        with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
            for done in [pool.submit(self.step, s) for s in todo]:
                done.result()

    def lane(self, batches):
        for todo, at_a_time in batches:
            if at_a_time == 1:
                for step in todo:
                    say(f"...  {step.name}")
            self.batch(todo, at_a_time)

    def drain(self, waiting):
        """Runs what still waits, until nothing does; as many threads as like may do so."""
        while True:
            try:
                step = waiting.popleft()
            except IndexError:
                return
            self.step(step)

    def all(self, lanes, behind):
        waiting = collections.deque(behind)
        with concurrent.futures.ThreadPoolExecutor(BEHIND + len(lanes)) as pool:
            work = [pool.submit(self.drain, waiting) for _ in range(BEHIND)] + [pool.submit(self.lane, lane) for lane in lanes]
            try:
                for done in work:
                    done.result()
            except BaseException:   # Ctrl-C, say
                waiting.clear()
                tap.end_all()
                raise


def keep_logs(reports):
    where = steps.ROOT / "build" / "test-logs"
    where.mkdir(parents=True, exist_ok=True)
    for report in reports:
        name = "".join(c if c.isalnum() else "-" for c in report.name)
        (where / f"{name}.log").write_text(report.log)
    return where


def shortened(lines):
    """Where it was comes first, what was wrong last."""
    return lines if len(lines) <= WHY_LINES else [*lines[:WHY_LINES // 2], "   [...]", *lines[-WHY_LINES // 2:]]


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
    failed = [(r.name, name, r.why.get(name, [])) for r in reports for name in r.failed]
    failed += [(program, name, []) for program, name in excused.missing(skipped)]
    if failed:
        say("\nFailed:")
        for program, name, why in failed:
            say("\n".join([f"  {program}: {name}", *(f"    {line}" for line in shortened(why))]))
    passed = sum(r.passed for r in reports)
    say()
    say(f"{passed} passed, {len(failed)} failed" + (f", {len(skipped)} skipped" if skipped else ""))
    return 1 if failed or passed == 0 else 0


def main(arguments):
    quick = "--quick" in arguments
    groups = [a for a in arguments if a != "--quick"] or (steps.QUICK if quick else steps.GROUPS)
    unknown = [g for g in groups if g not in steps.GROUPS]
    if unknown:
        say(f"test: {unknown[0]} is none of: --quick {' '.join(steps.GROUPS)}")
        return 2
    start = time.monotonic()
    run = Run(steps.builds_for(groups, quick))
    if "gcc" in run.built:
        run.keep(run.build("gcc", lambda: steps.build("gcc")))
    if run.broken:
        run.keep(tap.Report("all", failed=["the rest: not run, the build failed"]))
    else:
        run.all(steps.front(groups, quick), steps.behind(groups, quick))
    reports = run.reports
    where = keep_logs(reports).relative_to(steps.ROOT)
    say(f"\nLogs are in {where}; {time.monotonic() - start:.0f} s.")
    return sum_up(reports)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
