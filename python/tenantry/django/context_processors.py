"""`current_tenant` for templates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

__all__ = ["current_tenant"]


def current_tenant(request: HttpRequest) -> dict[str, Any]:
    """The request's tenant, or None, as `current_tenant`; no query unless the template uses it."""
    # Templates call what can be called: so it is really None without a tenant.
    return {"current_tenant": lambda: getattr(request, "tenant", None)}
