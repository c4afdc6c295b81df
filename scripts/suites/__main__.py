"""`scripts/test.sh`: runs test suites side by side, and ends with a table of them."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import FrameType

from suites import machine
from suites.catalogue import catalogue
from suites.runner import Outcome, Runner
from suites.servers import Servers
from suites.suite import Suite
from suites.table import seconds_by_title, table, usual

NOT_TESTS = ("lint-*", "fuzz")
"""What only runs when it is named, or with `all`."""


def arguments() -> argparse.Namespace:
    """What was typed."""
    parser = argparse.ArgumentParser(
        prog="scripts/test.sh",
        description="Runs test suites side by side. Without names: all tests that can run here.",
    )
    parser.add_argument(
        "suites",
        nargs="*",
        metavar="SUITE",
        help="names of suites, such as rust, kotlin or 'django*mariadb*'; all for everything that CI checks",
    )
    parser.add_argument("--list", action="store_true", help="list the suites, and run nothing")
    parser.add_argument(
        "--require", action="store_true", help="fail where a suite cannot run or a test is skipped"
    )
    parser.add_argument("--full", action="store_true", help="the Django app in every configuration")
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 2,
        metavar="N",
        help="how many suites run at once. Default: one for each processor.",
    )
    parser.add_argument(
        "--usual",
        type=Path,
        metavar="FILE",
        help="point out suites that take twice the time in FILE",
    )
    parser.add_argument(
        "--note-usual", type=Path, metavar="FILE", help="write the time of each suite into FILE"
    )
    return parser.parse_args()


def chosen(suites: Sequence[Suite], patterns: Sequence[str]) -> list[Suite]:
    """The suites that these patterns name, with what they need before."""
    if patterns == ["all"]:
        return list(suites)
    wanted = {
        one.name
        for one in suites
        if any(fnmatchcase(one.name, pattern) for pattern in patterns)
        or (not patterns and not any(fnmatchcase(one.name, pattern) for pattern in NOT_TESTS))
    }
    for pattern in patterns:
        if not any(fnmatchcase(one.name, pattern) for one in suites):
            raise SystemExit(f"no suite is named {pattern!r}; --list shows them")
    by_name = {one.name: one for one in suites}
    open_ = list(wanted)
    while open_:
        before = set(by_name[open_.pop()].after) - wanted
        wanted |= before
        open_ += before
    return [one for one in suites if one.name in wanted]


def run(suites: Sequence[Suite], options: argparse.Namespace) -> list[Outcome]:
    """Runs them, with data in memory where that is possible."""
    logs = machine.TARGET / "test-logs"
    logs.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="tenantry-", dir=machine.fast_folder()))
    # Servers drop their rights, and work in there.
    folder.chmod(0o755)
    os.environ["TMPDIR"] = str(folder)
    try:
        with Servers() as servers:
            return Runner(suites, logs, servers, options.jobs).run()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Runs what was asked for; 0 if everything that ran has passed."""
    options = arguments()
    # A job in the background inherits that Ctrl-C is ignored, and tests would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _end)
    os.chdir(machine.ROOT)
    suites = chosen(catalogue(is_full=options.full), options.suites)
    if options.list:
        for one in suites:
            print(f"{one.name}: {one.title}{f' ({one.lacks})' if one.lacks else ''}")
        return 0
    lacking = {one.title: one.lacks for one in suites if one.lacks}
    if options.require and lacking:
        for title, reason in lacking.items():
            print(f"{title}: {reason}", file=sys.stderr)
        return 1
    begun = time.monotonic()
    outcomes = run(suites, options)
    seconds = time.monotonic() - begun
    print()
    print("\n".join(table(outcomes, usual(options.usual))))
    print(
        f"\n{seconds / 60:.1f} minutes; the log of each suite is in {machine.TARGET / 'test-logs'}"
    )
    if options.note_usual:
        usual_by_title = {title: round(one, 1) for title, one in seconds_by_title(outcomes).items()}
        text = json.dumps(usual_by_title, indent=2, ensure_ascii=False)
        options.note_usual.write_text(f"{text}\n", encoding="utf-8")
    is_short = options.require and any(one.skipped for one in outcomes)
    return 1 if is_short or any(one.failed for one in outcomes) else 0


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    raise SystemExit(main())
