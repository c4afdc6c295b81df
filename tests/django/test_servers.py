"""Real servers under load, on both homes: processes that are forked, threads, event loops."""

from __future__ import annotations

import http.client
import json
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

import pytest
from django.conf import settings
from django.test import Client
from processes import HERE, environment
from rows import rows
from tenantry.django.tenants import create_tenant
from tenantry.django.testing import select_tenant

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.per_home]

CLIENTS, REQUESTS = 8, 40
SERVERS = {
    "gunicorn --preload": ["gunicorn", "--preload", "--workers=3", "project.wsgi"],
    "threads": [
        *("gunicorn", "--preload", "--workers=2", "--worker-class=gthread", "--threads=4"),
        "project.wsgi",
    ],
    "uvicorn": ["uvicorn", "--log-level=warning", "project.asgi:application"],
}


@contextmanager
def serving(command: list[str], log: Path) -> Iterator[int]:
    """The port on which a server answers."""
    with socket.socket() as listener:
        # Bound here and given on: nobody else can take the port meanwhile.
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        number = listener.fileno()
        bind = f"--bind=fd://{number}" if command[0] == "gunicorn" else f"--fd={number}"
        store = str(settings.TENANTRY.get("STORE", ""))
        with log.open("w+") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", command[0], bind, *command[1:]],
                cwd=HERE,
                env=environment(TENANTRY_TEST_STORE=store),
                pass_fds=[number],
                stdout=output,
                stderr=output,
            )
            try:
                yield listener.getsockname()[1]
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=600)
            finally:
                process.kill()
                process.wait()
                output.seek(0)
                print(output.read())


def ask(port: int, path: str, session: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request("GET", path, headers={"Cookie": f"sessionid={session}"})
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        answer: dict[str, Any] = json.loads(body)
        return answer
    finally:
        connection.close()


@pytest.mark.parametrize("server", SERVERS)
def test_each_request_gets_its_own_tenant_and_the_next_after_a_revocation_is_refused(
    server: str, tmp_path: Path, make_user: Any
) -> None:
    owner = make_user("owner")
    tenants, members, sessions = [], [], []
    for number in range(CLIENTS):
        tenant, user = create_tenant(f"Tenant {number}", owner), make_user()
        rows.join(tenant, user)
        client = Client()
        client.force_login(user)
        if number % 2:
            select_tenant(client, tenant)
        tenants.append(tenant)
        members.append(user)
        sessions.append(client.cookies["sessionid"].value)
    failures: list[BaseException] = []
    paths = ("/ask/", "/aask/")

    def visit(number: int, port: int) -> None:
        try:
            for turn in range(REQUESTS):
                answer = ask(port, paths[turn % 2], sessions[number])
                assert answer["tenant"] == answer["current"] == f"tenant-{number}"
                assert answer["role"] == "member"
        except BaseException as error:
            failures.append(error)

    with serving(SERVERS[server], tmp_path / "log") as port:
        visitors = [threading.Thread(target=visit, args=(at, port)) for at in range(CLIENTS)]
        for visitor in visitors:
            visitor.start()
        # Beside the load: what is changed here counts there at once.
        guest = make_user("guest")
        client = Client()
        client.force_login(guest)
        session = client.cookies["sessionid"].value
        for turn in range(20):
            if turn == 0:
                rows.join(tenants[0], guest)
            else:
                rows.set_member_active(tenants[0], guest, True)
            assert ask(port, paths[turn % 2], session)["tenant"] == "tenant-0"
            rows.set_member_active(tenants[0], guest, False)
            assert ask(port, paths[turn % 2], session)["reason"] == "no_membership"
            time.sleep(0.01)
        for visitor in visitors:
            visitor.join()
        assert failures == []
        rows.set_active(tenants[1], False)
        assert {ask(port, path, sessions[1])["reason"] for path in paths} == {"not_available"}
        rows.rename(tenants[2], "renamed")
        assert {ask(port, path, sessions[2])["tenant"] for path in paths} == {"renamed"}
