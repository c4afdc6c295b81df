"""Which suites there are, in the order in which they should start: first what others wait for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from suites import machine
from suites.machine import TARGET
from suites.matrix import AXES, DJANGOS, Configuration, full, number, pairwise
from suites.suite import Suite

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL", "mariadb": "MariaDB"}
DIST = TARGET / "dist"
SNAPSHOTS = TARGET / "snapshots"
BINDINGS = TARGET / "bindings"


def catalogue(*, is_full: bool = False) -> list[Suite]:
    """All suites; `is_full` tests the Django app in every configuration, and not only in every pair of
    values."""
    rows = configurations(is_full=is_full)
    django = list(_django(rows))
    # What the first one exports is what the phones are tested with.
    exports = django[0].name
    return [
        Suite(
            "swift-root",
            "Swift: a Debian that has it",
            ["scripts/swift_root.sh"],
            lacks=machine.lacks_swift(),
            waits=True,
            tests=False,
        ),
        _wheel("wheel", machine.first_python(), str(DIST)),
        Suite(
            "rust",
            "Rust: the core and the command",
            ["cargo", "test", "--locked", "--all-features"],
            cargo=True,
        ),
        *_environments(rows),
        Suite(
            "interface",
            "Rust: the interface for Kotlin and Swift",
            ["cargo", "test", "--locked", "-p", "tenantry-uniffi"],
            after=["rust"],
            cargo=True,
        ),
        Suite(
            "bindings",
            "Kotlin and Swift: what is generated",
            ["scripts/generate_bindings.sh", str(BINDINGS)],
            after=["interface"],
            cargo=True,
            tests=False,
        ),
        django[0],
        Suite(
            "kotlin",
            "Kotlin",
            ["scripts/kotlin_test.sh", str(SNAPSHOTS)],
            after=["bindings", exports],
            lacks=machine.lacks_maven(),
        ),
        Suite(
            "swift",
            "Swift",
            ["scripts/swift_test.sh"],
            after=["swift-root", "bindings", exports],
            environment={"TENANTRY_SNAPSHOTS": str(SNAPSHOTS)},
            lacks=machine.lacks_swift(),
        ),
        *_python(),
        *django[1:],
        *_left_out(rows),
        *_examples(rows[0]),
        *_phones(),
        *_lint(),
        Suite(
            "fuzz",
            "Fuzz targets, 10 s each",
            ["scripts/fuzz.sh"],
            lacks=machine.lacks_cpp(),
            tests=False,
        ),
    ]


def configurations(*, is_full: bool = False) -> list[Configuration]:
    """The configurations of the Django app that this machine can run."""
    axes = dict(AXES)
    axes["python"] = [one for one in machine.pythons() if not one.endswith("t")]
    axes["database"] = [one for one in AXES["database"] if not _lacks(vendor(one))]
    return (full if is_full else pairwise)(axes)


def vendor(database: str) -> str:
    """The system of a database: `postgres-repeatable-read` is of `postgres`."""
    return database.partition("-")[0]


def _lacks(system: str) -> str:
    checks = {"postgres": machine.lacks_postgres, "mariadb": machine.lacks_mariadb}
    return checks[system]() if system in checks else ""


# Preparations


def _wheel(name: str, python: str, folder: str) -> Suite:
    return Suite(name, "The wheel", ["scripts/wheel.sh", python, folder], tests=False)


def _venv(name: str) -> str:
    return f".venvs/{name}"


def _environment(name: str, python: str, *requirements: str, wheel: str = "wheel") -> Suite:
    dist = {"wheel": DIST}.get(wheel, TARGET / f"dist-{wheel}")
    command = f'exec scripts/venv.sh "$@" {dist}/*.whl' if wheel else 'exec scripts/venv.sh "$@"'
    return Suite(
        f"environment {name}",
        "Python environments",
        ["sh", "-c", command, "-", _venv(name), python, *requirements],
        after=[wheel] if wheel else [],
        waits=True,
        tests=False,
    )


def _environments(rows: Sequence[Configuration]) -> Iterator[Suite]:
    files = ["tests/requirements.txt"]
    if not machine.lacks_mariadb():
        files.append("tests/requirements-mariadb.txt")
    pairs = [(one["python"], one["django"]) for one in rows]
    for python, django in dict.fromkeys([*pairs, *_djangos_of_python().items()]):
        release, _ = DJANGOS[django]
        path = machine.pythons()[python]
        yield _environment(f"{python}-{django}", path, *files, f"Django=={release}")


# Python


def _djangos_of_python() -> dict[str, str]:
    """The Django beside which the Python module is tested, for its answers are compared: each on one of
    the Pythons, as far as they go."""
    oldest_first = sorted((one for one in machine.pythons() if not one.endswith("t")), key=number)
    names = sorted(DJANGOS)
    found = {}
    for at, python in enumerate(oldest_first):
        usable = [name for name in names if number(python) >= DJANGOS[name][1]]
        wanted = names[min(at, len(names) - 1)]
        found[python] = wanted if wanted in usable else usable[-1]
    return found


def _python() -> Iterator[Suite]:
    djangos = _djangos_of_python()
    pythons = sorted(djangos, key=number, reverse=True)
    for at, python in enumerate(pythons):
        name = f"{python}-{djangos[python]}"
        matrix = [{"python": one} for one in pythons]
        yield _pytest(
            f"python-{python}",
            f"Python {python}",
            name,
            ["tests/python"],
            after=["rust"],
            environment={**_tools("dist"), **_place(matrix, at)},
        )
    for python, path in machine.pythons().items():
        if python.endswith("t"):
            # It has no stable ABI, and so a wheel of its own.
            yield _wheel(f"wheel-{python}", path, str(TARGET / f"dist-wheel-{python}"))
            yield _environment(
                python, path, "tests/requirements-free-threaded.txt", wheel=f"wheel-{python}"
            )
            yield _pytest(
                f"python-{python}",
                f"Python {python}",
                python,
                ["tests/python"],
                after=["rust"],
                environment=_tools(f"dist-wheel-{python}"),
            )


def _tools(dist: str) -> dict[str, str]:
    """Where the tests of the module find the command and the wheel."""
    return {
        "TENANTRY_BIN": str(TARGET / "debug/tenantry"),
        "TENANTRY_DIST": str(TARGET / dist),
    }


def _place(matrix: Sequence[Configuration], at: int) -> dict[str, str]:
    return {"TENANTRY_TEST_MATRIX": json.dumps(matrix), "TENANTRY_TEST_AT": str(at)}


def _pytest(
    name: str,
    title: str,
    environment_name: str,
    arguments: Sequence[str],
    *,
    after: Sequence[str] = (),
    environment: dict[str, str],
    server: str = "",
    lacks: str = "",
) -> Suite:
    return Suite(
        name,
        title,
        [f"{_venv(environment_name)}/bin/python", "-m", "pytest", "-q", *arguments],
        after=[f"environment {environment_name}", *after],
        environment=environment,
        server=server,
        lacks=lacks,
    )


# Django


def _django(rows: Sequence[Configuration]) -> Iterator[Suite]:
    for at, row in enumerate(rows):
        settings = {f"TENANTRY_TEST_{axis.upper()}": value for axis, value in row.items()}
        if at == 0:
            settings["TENANTRY_SNAPSHOTS"] = str(SNAPSHOTS)
        system = vendor(row["database"])
        yield _pytest(
            "django " + " ".join(row.values()),
            f"Django on {DATABASES[system]}",
            f"{row['python']}-{row['django']}",
            ["-c", "tests/django/pytest.ini", "tests/django"],
            environment={**settings, **_place(rows, at)},
            server="" if system == "sqlite" else system,
        )


def _left_out(rows: Sequence[Configuration]) -> Iterator[Suite]:
    present = {vendor(one["database"]) for one in rows}
    for system, title in DATABASES.items():
        if system not in present:
            yield Suite(f"django-{system}", f"Django on {title}", [], lacks=_lacks(system))


def _examples(row: Configuration) -> Iterator[Suite]:
    name = f"{row['python']}-{row['django']}"
    for suite, title, file, lacks in (
        ("example", "The example project", "test_django_project.py", ""),
        ("browser", "The example in a browser", "test_browser.py", machine.lacks_browser()),
    ):
        yield Suite(
            suite,
            title,
            [f"{_venv(name)}/bin/python", "-m", "pytest", "-q", f"tests/examples/{file}"],
            after=[f"environment {name}"],
            lacks=lacks,
        )


# Phones, and what is checked without running it


def _phones() -> Iterator[Suite]:
    yield _environment("phones", machine.first_python(), "tests/swift/requirements.txt", wheel="")
    yield _pytest(
        "suites",
        "The suites themselves",
        "phones",
        ["-c", "tests/suites/pytest.ini", "tests/suites"],
        environment={},
    )
    yield _pytest(
        "phones",
        "Swift without its tools",
        "phones",
        ["tests/swift"],
        after=["bindings"],
        environment={"TENANTRY_SWIFT_GENERATED": str(BINDINGS / "swift/TenantryFFI.swift")},
    )
    yield _pytest(
        "android",
        "Android without its tools",
        "phones",
        ["tests/android"],
        # It compiles what the tests of Kotlin compile.
        after=["kotlin"],
        environment={},
        lacks=machine.lacks_maven(),
    )


def _lint() -> Iterator[Suite]:
    for part, title, lacks in (
        ("rust", "Rust", ""),
        ("python", "Python and shell", machine.lacks_gettext()),
        ("kotlin", "Kotlin", machine.lacks_maven()),
        ("phones", "the Rust of phones", machine.lacks_rustup()),
    ):
        yield Suite(
            f"lint-{part}",
            f"Lint: {title}",
            ["scripts/lint.sh", part],
            after={"rust": ["interface"], "python": ["wheel"]}.get(part, []),
            lacks=lacks,
            cargo=part == "rust",
            tests=False,
        )
