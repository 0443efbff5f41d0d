"""TAP: one line a test, what went wrong behind '#', a plan at the end."""

import concurrent.futures
import sys
import threading
import time
import traceback

import scratch

scratch.use()


class Skip(Exception):
    """This test cannot run here; the text says why."""


class Tap:
    def __init__(self):
        self.count, self.failed, self.lock = 0, 0, threading.Lock()

    def report(self, name, why=None, skip=None, seconds=0.0):
        """why: what went wrong."""
        name = name.replace("#", "").replace("\n", " ")
        with self.lock:
            self.count += 1
            self.failed += why is not None
            print(f"{'not ok' if why is not None else 'ok'} {self.count} - {name}" +
                  (f" # SKIP {skip}" if skip else ""))
            for line in (why or "").rstrip().splitlines():
                print(f"#   {line}")
            if seconds > 10:
                print(f"#   took {seconds:.0f} s")
            sys.stdout.flush()

    def say(self, text):
        with self.lock:
            print(f"# {text}", flush=True)

    def run(self, name, test, *args):
        """Runs one test; whatever it raises is its failure."""
        begun = time.monotonic()
        try:
            test(*args)
        except Skip as why:
            self.report(name, skip=str(why))
        except Exception as why:    # a test's failure is data here, of whatever class
            self.report(name, why=getattr(why, "told", None) or traceback.format_exc(),
                        seconds=time.monotonic() - begun)
        else:
            self.report(name, seconds=time.monotonic() - begun)

    def run_all(self, jobs, workers=3):     # they mostly wait
        """jobs: functions without arguments, run side by side; each reports for itself."""
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(job) for job in jobs]:
                try:
                    done.result()
                except Exception:   # a lab that did not come up, say
                    self.report("a laboratory", why=traceback.format_exc())

    def end(self):
        """Prints the plan; the exit code."""
        print(f"1..{self.count}")
        return 1 if self.failed or self.count == 0 else 0
