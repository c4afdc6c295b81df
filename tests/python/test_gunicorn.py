"""A real `gunicorn --preload` with four workers under load: each answers right, and no row is lost."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import tenantry

HERE = Path(__file__).parent
WORKERS, CLIENTS, REQUESTS = 4, 8, 100


class Server:
    def __init__(self, port: int, process: subprocess.Popen[str]) -> None:
        self.port, self.process = port, process

    def ask(self, path: str, **query: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request("GET", f"{path}?{urlencode(query)}")
            response = connection.getresponse()
            assert response.status == 200, response.read()
            answer: dict[str, Any] = json.loads(response.read())
            return answer
        finally:
            connection.close()


@contextmanager
def gunicorn(store: Path, *options: str) -> Iterator[Server]:
    with socket.socket() as listener:
        # Bound here and given on: nobody else can take the port meanwhile.
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        port, descriptor = listener.getsockname()[1], listener.fileno()
        command = [
            sys.executable, "-m", "gunicorn", "--preload", f"--workers={WORKERS}",
            f"--bind=fd://{descriptor}", *options, "gunicorn_app:app",
        ]  # fmt: skip
        with (store.parent / "log").open("w+") as log:
            process = subprocess.Popen(
                command,
                cwd=HERE,
                env={**os.environ, "TENANTRY_STORE": str(store)},
                pass_fds=[descriptor],
                stdout=log,
                stderr=log,
                text=True,
            )
            try:
                yield Server(port, process)
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=600) == 0
            finally:
                process.kill()
                process.wait()
                log.seek(0)
                print(log.read())


@pytest.mark.parametrize(
    "options", [[], ["--worker-class=gthread", "--threads=4"]], ids=["sync", "threads"]
)
def test_every_worker_answers_right_under_load(tmp_path: Path, options: list[str]) -> None:
    store = tmp_path / "tenancy.db"
    failures: list[BaseException] = []
    workers: set[int] = set()
    with gunicorn(store, *options) as server:
        master = server.process.pid

        def client(name: int) -> None:
            try:
                for number in range(REQUESTS):
                    user = f"{name}-{number}"
                    created = server.ask("/create", user=user)
                    # Whichever worker answers, it knows what another has written.
                    own = server.ask("/resolve", user=user, selected=created["slug"])
                    other = server.ask("/resolve", user="stranger", selected=created["slug"])
                    assert own["slug"] == created["slug"]
                    assert (other["slug"], other["reason"]) == (None, "not_available")
                    workers.update({created["pid"], own["pid"], other["pid"]})
            except BaseException as error:
                failures.append(error)

        clients = [threading.Thread(target=client, args=(name,)) for name in range(CLIENTS)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        assert failures == []
        assert len(workers) == WORKERS
        assert master not in workers
        # From a process that is none of the workers, by the very next request.
        with tenantry.Engine(store) as engine:
            [(preloaded, _)] = engine.tenants_of("ann")
            engine.set_tenant_active(preloaded.id, False)
            reasons = {server.ask("/resolve", user="ann")["reason"] for _ in range(20)}
            assert reasons == {"no_membership"}
    with tenantry.Engine(store) as engine:
        assert len(engine.tenants()) == 1 + CLIENTS * REQUESTS
        assert engine.check_file() == []
        assert [str(finding) for finding in engine.verify()] == []


def test_a_worker_that_is_killed_loses_nothing_that_it_said_it_wrote(tmp_path: Path) -> None:
    store = tmp_path / "tenancy.db"
    said: list[str] = []
    with gunicorn(store) as server:
        over = threading.Event()

        def client() -> None:
            while not over.is_set():
                try:
                    said.append(server.ask("/create", user="eve")["slug"])
                except (OSError, http.client.HTTPException):
                    # The worker was killed before it could answer.
                    continue

        clients = [threading.Thread(target=client) for _ in range(4)]
        for thread in clients:
            thread.start()
        killed = set()
        for _ in range(6):
            enough = len(said) + 10
            while len(said) < enough:
                time.sleep(0.01)
            worker = server.ask("/resolve", user="ann")["pid"]
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)
        over.set()
        for thread in clients:
            thread.join()
        assert server.ask("/resolve", user="ann")["slug"] == "preloaded"
        assert len(killed) >= 2
    with tenantry.Engine(store) as engine:
        slugs = {tenant.slug for tenant in engine.tenants()}
        assert set(said) <= slugs
        assert len(said) == len(set(said))
        assert engine.check_file() == []
        assert engine.verify() == []
