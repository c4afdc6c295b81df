"""Commands of the test project, each in a process of its own, on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def environment(**changed: str) -> dict[str, str]:
    from django.db import connection

    name = Path(str(connection.settings_dict["NAME"])).stem
    return {**os.environ, "TENANTRY_TEST_NAME": name, **changed}


def start(*arguments: str, **changed: str) -> subprocess.Popen[str]:
    """Starts a command of the project."""
    return subprocess.Popen(
        [sys.executable, "-m", "django", *arguments],
        cwd=HERE,
        env=environment(**changed),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, **changed: str) -> Any:
    """Runs a command of the project to its end: its exit code, its output and its errors."""
    process = start(*arguments, **changed)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err
