"""The vectors are well formed, and are what their generators make."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from jsonschema import Draft202012Validator

VECTORS = ROOT / "tests" / "vectors"
VECTOR_FILES = sorted(VECTORS.glob("*.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def schema_of(vectors: Path) -> Path:
    return VECTORS / "schema" / f"{vectors.stem}.schema.json"


def test_every_vector_file_has_a_schema_and_every_schema_a_file() -> None:
    schemas = set((VECTORS / "schema").glob("*.json"))
    assert VECTOR_FILES
    assert {schema_of(path) for path in VECTOR_FILES} == schemas


@pytest.mark.parametrize("path", VECTOR_FILES, ids=lambda path: path.stem)
def test_a_vector_file_fits_its_schema(path: Path) -> None:
    schema = read(schema_of(path))
    Draft202012Validator.check_schema(schema)
    errors = Draft202012Validator(schema).iter_errors(read(path))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("path", VECTOR_FILES, ids=lambda path: path.stem)
def test_no_case_is_there_twice(path: Path) -> None:
    cases = [json.dumps(case, sort_keys=True) for case in read(path)["cases"]]
    assert len(cases) == len(set(cases))


@pytest.mark.parametrize("path", VECTOR_FILES, ids=lambda path: path.stem)
def test_every_description_names_one_case(path: Path) -> None:
    described = [case["description"] for case in read(path)["cases"] if "description" in case]
    assert len(described) == len(set(described))


def test_backfill_users_come_in_key_order() -> None:
    from vectors.oracle import sorted_keys

    for case in read(VECTORS / "backfill.json")["cases"]:
        keys = [user["key"] for user in case["users"]]
        assert keys == sorted_keys(keys), case["description"]


@pytest.mark.parametrize("script", ["generate_slug_table.py", "generate_vectors.py"])
def test_what_is_checked_in_is_what_the_script_makes(script: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), "--check"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
