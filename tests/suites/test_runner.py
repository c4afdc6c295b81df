"""The runner of the suites: what it says of what passed, failed, and was left out."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from suites.runner import Outcome, Runner
from suites.servers import Servers
from suites.suite import Suite
from suites.table import table

ROOT = Path(__file__).resolve().parents[2]


def suite(name: str, script: str, **options: object) -> Suite:
    return Suite(name, name.title(), ["sh", "-c", script], **options)  # type: ignore[arg-type]


def run(folder: Path, *suites: Suite, jobs: int = 2) -> dict[str, Outcome]:
    with Servers() as servers:
        found = Runner(suites, folder, servers, jobs).run()
    return {one.suite.name: one for one in found}


@pytest.mark.parametrize(
    ("printed", "count"),
    [
        ("test result: ok. 3 passed; 0 failed; 0 ignored;\ntest result: ok. 4 passed; 0 failed", 7),
        ("568 passed in 34.10s\n2 passed, 1 deselected in 0.1s", 570),
        (
            "[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s\n"
            "[INFO] Tests run: 9, Failures: 0, Errors: 0, Skipped: 0",
            9,
        ),
        ("\t Executed 40 tests, with 0 failures\n\t Executed 47 tests, with 0 failures", 47),
        ("Ran 12 tests in 0.5s", 12),
    ],
)
def test_the_tests_of_every_tool_are_counted(tmp_path: Path, printed: str, count: int) -> None:
    (tmp_path / "printed").write_text(printed)
    found = run(tmp_path, suite("one", f"cat {tmp_path}/printed"))
    assert found["one"].passed == count
    assert found["one"].is_done


def test_a_suite_that_ran_no_test_has_failed(tmp_path: Path) -> None:
    assert run(tmp_path, suite("empty", "echo '0 passed'"))["empty"].failed
    assert run(tmp_path, suite("built", "true", tests=False))["built"].is_done


def test_what_needs_a_suite_that_failed_does_not_run_and_the_rest_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(
        tmp_path,
        suite("wheel", "echo no compiler; exit 1", tests=False),
        suite("python", "echo 1 passed", after=["wheel"]),
        suite("rust", "echo 'test result: ok. 1 passed'"),
    )
    assert [found[name].is_done for name in ("wheel", "python", "rust")] == [False, False, True]
    assert found["python"].left_out == "wheel failed"
    assert "no compiler" in capsys.readouterr().out


def test_what_cannot_run_here_is_left_out_with_what_needs_it(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        suite("root", "exit 1", lacks="needs debootstrap", tests=False),
        suite("swift", "exit 1", after=["root"]),
        suite("rust", "echo 'test result: ok. 1 passed'"),
    )
    assert found["swift"].left_out == found["root"].left_out == "needs debootstrap"
    assert not any(one.failed for one in found.values())
    assert "left out: needs debootstrap" in "\n".join(table(list(found.values()), {}))


def test_as_many_run_at_once_as_there_is_room_for_and_one_with_cargo(tmp_path: Path) -> None:
    # Each waits until another one is there too, or says that it was alone.
    script = "echo > {0}/{1}; while [ ! -e {0}/{2} ]; do sleep 0.01; done; echo 1 passed"
    pair = [
        suite("a", script.format(tmp_path, "a", "b"), cargo=True),
        suite("c", f"test ! -e {tmp_path}/alone && echo 1 passed", cargo=True),
        suite("b", script.format(tmp_path, "b", "a")),
    ]
    assert all(one.is_done for one in run(tmp_path, *pair).values())


def test_nothing_outlives_a_run_that_is_ended(tmp_path: Path) -> None:
    program = f"""
import signal, sys, threading
from pathlib import Path
from suites.__main__ import _end
from suites.runner import Runner
from suites.servers import Servers
from suites.suite import Suite
signal.signal(signal.SIGTERM, _end)
suite = Suite("long", "Long", ["sh", "-c", "echo $$ >{tmp_path}/pid.part; mv {tmp_path}/pid.part {tmp_path}/pid; exec sleep 3600"])
Runner([suite], Path({str(tmp_path)!r}), Servers(), 1).run()
"""
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT / "scripts")
    while not (tmp_path / "pid").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 143
    pid = (tmp_path / "pid").read_text().strip()
    status = Path(f"/proc/{pid}/status")
    while status.exists() and "State:\tZ" not in status.read_text():
        pass


def test_the_table_adds_up_suites_of_one_title_and_points_out_what_has_doubled() -> None:
    first, second = Suite("a", "Django on SQLite", []), Suite("b", "Django on SQLite", [])
    lint = Suite("lint", "Lint", [], tests=False)
    lines = list(
        table(
            [
                Outcome(first, seconds=10.0, passed=100),
                Outcome(second, seconds=11.0, passed=50, failed=True, skipped=3),
                Outcome(lint, seconds=9.0),
            ],
            {"Django on SQLite": 20.0, "Lint": 4.5},
        )
    )
    assert lines == [
        "suite             passed  seconds",
        "Django on SQLite     150     21.0  1 of 2 FAILED, 3 skipped",
        "Lint                          9.0  2.0 times as long as usual",
    ]


def test_the_usual_times_are_those_of_suites_that_exist() -> None:
    from suites.catalogue import catalogue

    known = json.loads((ROOT / ".ci/seconds.json").read_text())
    assert set(known) == {one.title for one in catalogue()}
