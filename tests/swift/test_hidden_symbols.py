"""The static library as apps link it: beside a SQLite of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

APP = """
#include <stdint.h>
#include <stdio.h>
const char *sqlite3_libversion(void) { return "the app's own"; }
uint32_t ffi_tenantry_uniffi_uniffi_contract_version(void);
int main(void) {
    printf("%d %s", ffi_tenantry_uniffi_uniffi_contract_version() > 0, sqlite3_libversion());
}
"""
LINKED = ["-lpthread", "-ldl", "-lm", "-lgcc_s"]


def run(*command: object) -> str:
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="on a Mac `scripts/xcframework.sh` is the test")
def test_an_app_keeps_its_own_sqlite(tmp_path: Path) -> None:
    assert shutil.which("cc")
    host = next(
        line.removeprefix("host: ") for line in run("rustc", "-vV").splitlines() if "host: " in line
    )
    folder = ROOT / run("scripts/build_mobile.sh", host, "staticlib").strip()
    archive, hidden = folder / "libtenantry_uniffi.a", tmp_path / "hidden.a"
    (tmp_path / "app.c").write_text(APP)
    with pytest.raises(subprocess.CalledProcessError):
        run("cc", tmp_path / "app.c", archive, *LINKED, "-o", tmp_path / "app")

    run("scripts/hide_symbols.sh", archive, hidden)

    run("cc", tmp_path / "app.c", hidden, *LINKED, "-o", tmp_path / "app")
    assert run(tmp_path / "app") == "1 the app's own"
