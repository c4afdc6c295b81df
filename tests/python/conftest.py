"""What the tests share: where things are, and the built command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import tenantry

# Without the packages that a free-threaded Python cannot install yet.
if sysconfig.get_config_var("Py_GIL_DISABLED"):
    collect_ignore = ["test_planner.py", "test_second_sqlite.py", "test_vectors.py"]

# A job in the background inherits that Ctrl-C is ignored, and so would the processes that tests stop by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[2]

pytest_plugins = ["axes"]
sys.path.insert(0, str(ROOT / "tests"))

# The generators are scripts, not a package; the tests ask their oracle.
sys.path.insert(0, str(ROOT / "scripts"))

Slugify = Callable[[Iterable[str], str], list[str]]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[tenantry.Engine]:
    """An engine over a new store."""
    with tenantry.Engine(tmp_path / "tenancy.db") as engine:
        yield engine


@pytest.fixture(scope="session")
def tenantry_bin() -> str:
    """The built command line. Without it the tests fail: a skip would pass for a proof."""
    path = os.environ.get("TENANTRY_BIN")
    if not path:
        pytest.fail("set TENANTRY_BIN to the built tenantry, such as target/debug/tenantry")
    if not os.access(path, os.X_OK):
        pytest.fail(f"TENANTRY_BIN is not an executable file: {path}")
    return path


@pytest.fixture(scope="session")
def core_slugify(tenantry_bin: str) -> Slugify:
    """Slugs of many names from the core, through one pipe."""

    def slugify(names: Iterable[str], style: str) -> list[str]:
        lines = "".join(json.dumps(name) + "\n" for name in names)
        done = subprocess.run(
            [tenantry_bin, "slugify", "--json", "--style", style],
            input=lines,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        # Not splitlines(): it also breaks at U+2028 and its like.
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    return slugify
