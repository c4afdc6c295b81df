"""Runs suites side by side, as many as there are processors, and says how each one ended."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from suites.servers import Servers
from suites.suite import Suite, passed, skipped

TAIL = 80
"""How many lines of the log of a suite that failed are shown."""


@dataclass(frozen=True)
class Outcome:
    """How a suite ended."""

    suite: Suite
    seconds: float = 0.0
    passed: int = 0
    skipped: int = 0
    failed: bool = False
    left_out: str = ""
    """Why it did not run."""

    @property
    def is_done(self) -> bool:
        """Whether it ran and passed."""
        return not self.failed and not self.left_out


class Runner:
    """Runs suites, at most `jobs` at once; each writes a log of its own into `logs`."""

    def __init__(self, suites: Sequence[Suite], logs: Path, servers: Servers, jobs: int) -> None:
        self.waiting = list(suites)
        self.logs = logs
        self.servers = servers
        self.jobs = jobs
        self.running: dict[str, Suite] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.ended: queue.Queue[Outcome] = queue.Queue()
        self.starting = threading.Lock()
        self.is_over = False
        self.begun = time.monotonic()

    def run(self) -> list[Outcome]:
        """Runs all of them, each as soon as it can; how they ended, in the order of ending."""
        try:
            while self.waiting or self.running:
                for suite in self._ready():
                    self.waiting.remove(suite)
                    self.running[suite.name] = suite
                    threading.Thread(target=self._work, args=[suite], daemon=True).start()
                if self.running:
                    self._note(self.ended.get())
        finally:
            # One that is just being started is either known here, or not started any more.
            with self.starting:
                self.is_over = True
            for process in self.processes.values():
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        return list(self.outcomes.values())

    def _ready(self) -> Iterator[Suite]:
        for suite in list(self.waiting):
            if suite.lacks:
                self._leave_out(suite, suite.lacks)
                continue
            before = [self.outcomes.get(name) for name in suite.after]
            broken = next((one for one in before if one and not one.is_done), None)
            if broken:
                self._leave_out(suite, broken.left_out or f"{broken.suite.name} failed")
            elif all(before) and self._has_room(suite):
                yield suite

    def _leave_out(self, suite: Suite, reason: str) -> None:
        self.waiting.remove(suite)
        self.outcomes[suite.name] = Outcome(suite, left_out=reason)

    def _has_room(self, suite: Suite) -> bool:
        if suite.waits:
            return True
        running = [one for one in self.running.values() if not one.waits]
        if suite.cargo and any(one.cargo for one in running):
            return False
        return len(running) < self.jobs

    def _work(self, suite: Suite) -> None:
        """Runs one suite to its end."""
        begun = time.monotonic()
        log = self._log(suite)
        try:
            code = self._call(suite, log)
        except Exception as error:
            log.write_text(f"{error}\n", encoding="utf-8")
            code = 1
        text = log.read_text(encoding="utf-8", errors="replace")
        count = passed(text) if suite.tests else 0
        self.ended.put(
            Outcome(
                suite,
                time.monotonic() - begun,
                count,
                skipped(text) if suite.tests else 0,
                # Without a single test nothing is shown.
                failed=code != 0 or (suite.tests and count == 0),
            )
        )

    def _call(self, suite: Suite, log: Path) -> int:
        environment = {**os.environ, **suite.environment}
        if suite.server:
            environment["TENANTRY_TEST_SERVER"] = self.servers.address(
                suite.server, suite.command[0]
            )
        with log.open("wb") as output:
            with self.starting:
                if self.is_over:
                    return 1
                # A group of its own, so that nothing it starts outlives it.
                process = subprocess.Popen(
                    list(suite.command),
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
                self.processes[suite.name] = process
            return process.wait()

    def _log(self, suite: Suite) -> Path:
        return self.logs / f"{suite.name.replace('/', '-')}.log"

    def _note(self, outcome: Outcome) -> None:
        suite = outcome.suite
        del self.running[suite.name]
        self.processes.pop(suite.name, None)
        self.outcomes[suite.name] = outcome
        minutes, seconds = divmod(int(time.monotonic() - self.begun), 60)
        what = "done" if not suite.tests else f"{outcome.passed} passed"
        what = "FAILED" if outcome.failed else what
        print(
            f"[{minutes:2}:{seconds:02}] {suite.name}: {what} in {outcome.seconds:.0f} s",
            flush=True,
        )
        if outcome.failed:
            log = self._log(suite)
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            print("\n".join(f"    {line}" for line in lines[-TAIL:]))
            print(f"    the whole log: {log}", flush=True)
