"""Where tenants and memberships are: in the project's database, or in an embedded store of their own.

`TENANTRY["BACKEND"]` says it. What is called the same is answered the same in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenantry.django.conf import EMBEDDED, configuration

if TYPE_CHECKING:
    from tenantry.django.embedded.home import EmbeddedHome

__all__ = ["embedded_home"]


def embedded_home() -> EmbeddedHome | None:
    """The embedded store, if the rows are there; None if they are in the project's database.

    >>> embedded_home()
    """
    if configuration().backend != EMBEDDED:
        return None
    from tenantry.django.embedded.home import EmbeddedHome

    return EmbeddedHome()
