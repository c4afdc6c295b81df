"""The requests of django_requests.py, timed one by one, on the database of the settings; prints JSON."""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import django
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

sys.path.insert(0, str(Path(__file__).parent / "django_site"))

TIMES = 3000

MEMBERSHIPS = """
SELECT m.role, t.* FROM tenantry_membership m JOIN tenantry_tenant t ON t.id = m.tenant_id
WHERE m.user_id = %s AND m.is_active AND t.is_active
"""
SELECTED = MEMBERSHIPS + " AND t.slug = %s"


def p50(visit: Callable[[Any], object], made: Callable[[], Any]) -> float:
    """Microseconds, of requests made beforehand."""
    taken = []
    for _ in range(TIMES):
        request = made()
        started = perf_counter()
        visit(request)
        taken.append(perf_counter() - started)
    return statistics.median(taken) * 1e6


def main() -> None:
    django.setup()
    from bench.models import Membership, Tenant, User
    from tenantry.django.backfill import backfill
    from tenantry.django.middleware import TenantMiddleware
    from tenantry.django.models import Membership as OurMembership
    from tenantry.django.resolution import available_tenants

    chance = random.Random(1)
    people: Any = list(
        User.objects.filter(pk__in=chance.sample(range(1, User.objects.count()), 500))
    )
    slugs = {
        "ours": dict(
            OurMembership.objects.filter(user__in=people).values_list("user", "tenant__slug")
        ),
        "guide": dict(
            Membership.objects.filter(user__in=people).values_list("user", "tenant__slug")
        ),
    }
    factory, response = RequestFactory(), HttpResponse()

    def made(whose: str, selected: bool) -> Callable[[], Any]:
        def make() -> Any:
            request: Any = factory.get("/")
            user = chance.choice(people)
            # The guide's user has `memberships`; here that is tenantry's, and the guide's a query alike.
            request.user = user
            request.session = {"tenant_slug": slugs[whose][user.pk]} if selected else {}
            return request

        return make

    def guides(request: Any) -> Any:
        slug = request.session.get("tenant_slug")
        if slug:
            return Tenant.objects.filter(slug=slug, is_active=True).first()
        memberships = Membership.objects.filter(user=request.user, is_active=True)
        if memberships.count() == 1:
            return memberships.first().tenant
        return None

    def guide(request: Any) -> HttpResponse:
        request.tenant = guides(request)
        return response

    def asking(request: Any) -> HttpResponse:
        assert request.tenant is not None
        return response

    def raw(request: Any) -> None:
        # A user's memberships, and nothing done with them.
        with connection.cursor() as cursor:
            cursor.execute(MEMBERSHIPS, [request.user.pk])
            cursor.fetchall()

    def raw_selected(request: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SELECTED, [request.user.pk, request.session["tenant_slug"]])
            cursor.fetchall()

    def bare(_request: Any) -> HttpResponse:
        return response

    def refused(request: Any) -> HttpResponse:
        assert request.tenant is None
        return response

    def made_foreign(slug: Callable[[Any], str]) -> Callable[[], Any]:
        """Requests that hold a slug which is not theirs."""

        def make() -> Any:
            request = made("ours", False)()
            request.session = {"tenant_slug": slug(request.user)}
            return request

        return make

    foreign = list(slugs["ours"].values())
    of_nobody = made_foreign(lambda _user: f"{chance.choice(foreign)}-0")
    of_others = made_foreign(
        lambda user: chance.choice([s for s in foreign[:2] if s != slugs["ours"][user.pk]])
    )
    probed = TenantMiddleware(refused)
    touched = TenantMiddleware(asking)
    untouched = TenantMiddleware(bare)
    found = {}
    for _ in range(2):  # the first turn warms up
        for case, selected in (("selected", True), ("sole", False)):
            found[f"guide {case}"] = p50(guide, made("guide", selected))
            found[f"raw {case}"] = p50(raw_selected if selected else raw, made("ours", selected))
            found[f"ours {case}"] = p50(touched, made("ours", selected))
        found["nobody's"], found["another's"] = p50(probed, of_nobody), p50(probed, of_others)
        alone = p50(bare, made("ours", False))
        found["untouched"] = p50(untouched, made("ours", False)) - alone
    with tempfile.TemporaryDirectory() as folder:
        home = {"BACKEND": "embedded", "STORE": f"{folder}/tenants.db"}
        with override_settings(TENANTRY=home):
            backfill(chunk_size=None)
            slugs["ours"] = {user.pk: available_tenants(user)[0].tenant.slug for user in people}
            for _ in range(2):
                for case, selected in (("selected", True), ("sole", False)):
                    found[f"embedded {case}"] = p50(touched, made("ours", selected))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
