"""Commands of the test project, each in a process of its own, on the database of the test."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

HERE = Path(__file__).parent

# Loading Django takes most of a second, and there are hundreds of commands. So they are forked by a
# server that has loaded it and has opened nothing.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["project.loaded"])


def environment(**changed: str) -> dict[str, str]:
    """The environment of a process that works on the database of the test."""
    from django.db import connection

    name = Path(str(connection.settings_dict["NAME"])).stem
    return {**os.environ, "TENANTRY_TEST_NAME": name, **changed}


class Command:
    """A command that runs, or has run."""

    def __init__(self, *arguments: str, **changed: str) -> None:
        self._folder = Path(tempfile.mkdtemp())
        self._out, self._err = self._folder / "out", self._folder / "err"
        self._process: multiprocessing.process.BaseProcess | subprocess.Popen[bytes]
        if changed:
            # Another environment: other settings, which the server has not loaded.
            with self._out.open("wb") as out, self._err.open("wb") as err:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "django", *arguments],
                    cwd=HERE,
                    env=environment(**changed),
                    stdout=out,
                    stderr=err,
                )
            return
        with mock.patch.dict(os.environ, environment()):
            self._process = FORKS.Process(target=_run, args=(arguments, self._out, self._err))
            self._process.start()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        if isinstance(self._process, subprocess.Popen):
            return self._process.poll() is None
        return self._process.is_alive()

    def kill(self) -> None:
        """Ends it at once, with no chance to clean up."""
        self._process.kill()
        self.wait()

    def wait(self) -> tuple[int | None, str, str]:
        """Waits for its end: its exit code, its output and its errors."""
        if isinstance(self._process, subprocess.Popen):
            code: int | None = self._process.wait()
        else:
            self._process.join()
            code = self._process.exitcode
        said = self._out.read_text("utf-8"), self._err.read_text("utf-8")
        shutil.rmtree(self._folder)
        return code, *said


def run(*arguments: str, **changed: str) -> tuple[int | None, str, str]:
    """Runs a command of the project to its end: its exit code, its output and its errors."""
    return Command(*arguments, **changed).wait()


def _run(arguments: tuple[str, ...], out: Path, err: Path) -> None:
    """What a forked process does."""
    from django.core.management import execute_from_command_line

    for number, path in ((1, out), (2, err)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    execute_from_command_line(["django", *arguments])
