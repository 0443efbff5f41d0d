"""Programs that print TAP: run one with a time limit, and read what it said."""

import dataclasses
import os
import re
import signal
import subprocess
import threading
import time

LINE = re.compile(r"^(not )?ok\b\s*\d*\s*(?:-\s*)?(.*?)(?:\s+#\s*(SKIP|TODO)\b\s*(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)(?:\s+#\s*SKIP\b\s*(.*))?$", re.I)


@dataclasses.dataclass
class Report:
    """What one program (or one build step) said."""
    name: str
    passed: int = 0
    failed: list = dataclasses.field(default_factory=list)   # names
    why: dict = dataclasses.field(default_factory=dict)      # of those: what it said about it, lines
    skipped: list = dataclasses.field(default_factory=list)  # (name, why)
    log: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0    # of everything that it started and waited for

    def verdict(self):
        text = f"{self.passed} passed"
        if self.failed:
            text += f", {len(self.failed)} failed"
        return text + (f", {len(self.skipped)} skipped" if self.skipped else "")


def _read_line(report, line):
    match = LINE.match(line)
    if not match:
        return 0
    broken, name, directive, why = match.groups()
    if directive and directive.upper() == "SKIP":
        report.skipped.append((name, why or "no reason given"))
    elif broken:
        report.failed.append(name)
    else:
        report.passed += 1
    return 1


def read(report, text, code):
    """Fills the report. Silence, a wrong count and a bad exit code are failures of their own."""
    seen, planned, about = 0, None, None
    for line in text.splitlines():
        plan = PLAN.match(line)
        if about and line.startswith("#"):
            report.why.setdefault(about, []).append(line.lstrip("#").rstrip())
            continue
        about = None
        if plan:
            planned = int(plan.group(1))
            if planned == 0:
                report.skipped.append((report.name, plan.group(2) or "no reason given"))
        elif line.startswith("Bail out!"):
            report.failed.append(line)
        else:
            seen += _read_line(report, line)
            about = report.failed[-1] if line.startswith("not ok") and report.failed else None
    if planned is not None and seen != planned:
        report.failed.append(f"{report.name}: {planned} tests planned, {seen} ran")
    if planned is None and seen == 0 and code == 0:
        report.failed.append(f"{report.name}: it ran no tests")
    if code != 0 and not report.failed:
        report.failed.append(f"{report.name}: ended with {code}")


RUNNING, LOCK = {}, threading.Lock()    # pid of each child's group -> why it was ended, or ""
STOPPED = []


def _end(pid, why):
    with LOCK:
        if pid in RUNNING:      # nobody has reaped it: the number is still its own
            RUNNING[pid] = why
            os.killpg(pid, signal.SIGKILL)


def end_all():
    """Ends what runs, and lets nothing else begin."""
    STOPPED.append(True)
    for pid in list(RUNNING):
        _end(pid, "stopped")


def run(command, limit, cwd, environment=None):
    """(output, exit code, seconds of CPU). The program leads its own group; past the limit that whole group ends."""
    if STOPPED:
        return "# not begun: stopped\n", -signal.SIGKILL, 0
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=cwd,
                             stdin=subprocess.DEVNULL, start_new_session=True,
                             env={**os.environ, **(environment or {})})
    RUNNING[child.pid] = ""
    timer = threading.Timer(limit, _end, (child.pid, f"ended after {limit} seconds"))
    timer.daemon = True
    timer.start()
    with child.stdout:
        out = child.stdout.read().decode("utf-8", "replace")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    timer.cancel()
    with LOCK:
        why = RUNNING.pop(child.pid)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    cpu = used.ru_utime + used.ru_stime
    return (out + f"\n# {why}\n", -signal.SIGKILL, cpu) if why else (out, child.returncode, cpu)


def run_tap(name, command, limit, cwd, environment=None):
    report, start = Report(name), time.monotonic()
    report.log, code, report.cpu_seconds = run(command, limit, cwd, environment)
    read(report, report.log, code)
    report.seconds = time.monotonic() - start
    return report


def run_plain(name, command, limit, cwd, environment=None):
    """A program whose exit code is its one result."""
    report, start = Report(name), time.monotonic()
    report.log, code, report.cpu_seconds = run(command, limit, cwd, environment)
    if code == 0:
        report.passed = 1
    else:
        report.failed.append(f"{name} (ended with {code})")
        report.why[report.failed[-1]] = report.log.rstrip().splitlines()
    report.seconds = time.monotonic() - start
    return report
