"""A WSGI application for `gunicorn --preload`: its engine is made, and used, before the workers are."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import tenantry

engine = tenantry.Engine(os.environ["TENANTRY_STORE"])
engine.create("Preloaded", "ann")
assert engine.resolve("ann").tenant is not None


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if environ["PATH_INFO"] == "/create":
        tenant = engine.create("Acme", asked["user"])
        answer: dict[str, Any] = {"slug": tenant.slug}
    else:
        found = engine.resolve(asked["user"], selected=asked.get("selected"))
        answer = {"slug": found.tenant and found.tenant.slug, "reason": found.reason}
    body = json.dumps({"pid": os.getpid(), **answer}).encode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [body]
