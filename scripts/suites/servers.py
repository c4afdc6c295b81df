"""The database servers of a whole run: each is started when it is first needed, once."""

from __future__ import annotations

import subprocess
import threading
from types import TracebackType
from typing import Self


class Servers:
    """Starts the servers of `tests/django/servers.py`, and stops them at the end, or when this process is
    gone."""

    def __init__(self) -> None:
        self.started: dict[str, tuple[str, subprocess.Popen[str]]] = {}
        self.turn = threading.Lock()

    def address(self, vendor: str, python: str) -> str:
        """The socket of a server, which this Python starts unless it runs already."""
        with self.turn:
            if vendor not in self.started:
                self.started[vendor] = self._start(vendor, python)
            return self.started[vendor][0]

    def _start(self, vendor: str, python: str) -> tuple[str, subprocess.Popen[str]]:
        process = subprocess.Popen(
            [python, "tests/django/servers.py", vendor],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert process.stdout
        address = process.stdout.readline().strip()
        if not address:
            raise RuntimeError(f"the {vendor} server did not start; what it said is above")
        return address, process

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for _, process in self.started.values():
            # It waits for the end of its input.
            process.communicate(timeout=60)
