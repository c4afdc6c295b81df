"""Hosts that name tenants: only those that are proven to be the tenant's."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from tenantry.django.domains import (
    domain_challenge,
    is_domain_verified,
    is_proven_by,
    unverify_domain,
    verify_domain,
)
from tenantry.django.exceptions import DomainTakenError
from tenantry.django.middleware import TenantMiddleware
from tenantry.django.models import get_tenant_model
from tenantry.django.resolution import resolve
from tenantry.django.snapshots import export_snapshot
from tenantry.django.tenants import create_tenant
from tenantry.django.verify import verify
from tenantry.exceptions import InvalidValueError

pytestmark = pytest.mark.django_db
SOURCES = ["domain", "session"]


@pytest.fixture(autouse=True)
def _sources(settings: Any) -> None:
    settings.TENANTRY = settings.TENANTRY | {"SOURCES": SOURCES}


@pytest.fixture
def acme(ann: Any) -> Any:
    create_tenant("Globex", ann)
    return create_tenant("Acme", ann)


def named_by(host: str, user: Any) -> Any:
    found = resolve(user, host=host).tenant
    return found and found.slug


def test_a_domain_that_was_typed_names_nothing_until_it_is_verified(ann: Any, acme: Any) -> None:
    acme.domain = "acme.example"
    acme.save()
    assert named_by("acme.example", ann) is None
    assert verify_domain(acme) == "acme.example"
    assert named_by("ACME.example.:8000", ann) == "acme"
    assert named_by("www.acme.example", ann) is None
    assert unverify_domain(acme)
    assert named_by("acme.example", ann) is None


def test_a_tenant_cannot_take_the_host_that_all_share(ann: Any, bob: Any, acme: Any) -> None:
    shared = create_tenant("Evil", bob)
    shared.memberships.create(user=ann)
    shared.domain = "testserver"
    shared.save()
    client = Client()
    client.force_login(ann)
    assert client.get("/ask/").json()["source"] is None


def test_a_domain_is_written_as_people_or_as_browsers_write_it(ann: Any, acme: Any) -> None:
    acme.domain = "Bücher.example"
    acme.save()
    assert verify_domain(acme) == "xn--bcher-kva.example"
    for host in ("xn--bcher-kva.example", "XN--BCHER-KVA.example:443", "bücher.example"):
        assert named_by(host, ann) == "acme"
    client = Client()
    client.force_login(ann)
    answer = client.get("/ask/", HTTP_HOST="xn--bcher-kva.example").json()
    assert (answer["tenant"], answer["source"]) == ("acme", "domain")


def test_a_domain_is_verified_for_one_tenant(ann: Any, bob: Any, acme: Any) -> None:
    acme.domain = "bücher.example"
    acme.save()
    verify_domain(acme)
    other = create_tenant("Other", bob)
    other.domain = "xn--bcher-kva.example"
    other.save()
    with pytest.raises(DomainTakenError, match=r"xn--bcher-kva\.example"):
        verify_domain(other)
    assert (is_domain_verified(acme), is_domain_verified(other)) == (True, False)
    with pytest.raises(InvalidValueError, match="has no domain"):
        verify_domain(create_tenant("Third", bob))


def test_another_domain_has_to_be_verified_anew(ann: Any, acme: Any) -> None:
    acme.domain = "acme.example"
    acme.save()
    verify_domain(acme)
    acme.domain = "evil.example"
    acme.save()
    assert named_by("acme.example", ann) is named_by("evil.example", ann) is None
    assert not is_domain_verified(acme)


def test_a_deleted_tenant_leaves_its_domain_free(ann: Any, bob: Any, acme: Any) -> None:
    acme.domain = "acme.example"
    acme.save()
    verify_domain(acme)
    acme.delete()
    other = create_tenant("Other", bob, domain="acme.example")
    assert is_domain_verified(other)


@pytest.mark.parametrize("is_staff", [True, False])
def test_who_makes_a_tenant_decides_whether_its_domain_counts_at_once(
    ann: Any, is_staff: bool
) -> None:
    made = []

    def view(request: HttpRequest) -> HttpResponse:
        made.append(create_tenant("Acme", ann, domain="acme.example"))
        return HttpResponse()

    request: Any = RequestFactory().get("/")
    ann.is_staff = is_staff
    request.user, request.session = ann, {}
    TenantMiddleware(view)(request)
    assert is_domain_verified(made[0]) is is_staff


def test_the_owner_of_a_domain_proves_it_by_a_record(ann: Any, acme: Any) -> None:
    acme.domain = "acme.example"
    record = domain_challenge(acme)
    assert is_proven_by(acme, ["v=spf1 -all", f" {record} "])
    assert not is_proven_by(acme, ["v=spf1 -all", record[:-1], ""])
    acme.domain = "globex.example"
    assert not is_proven_by(acme, [record]), "of another domain"
    other = get_tenant_model().objects.get(slug="globex")
    other.domain = "acme.example"
    assert not is_proven_by(other, [record]), "of another tenant"


def test_staff_verify_domains_in_the_admin(client: Client, make_user: Any, acme: Any) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    acme.domain = "acme.example"
    acme.save()
    page = f"/admin/{acme._meta.app_label}/{acme._meta.model_name}/"
    chosen = {"action": "verify_domains", "_selected_action": [acme.pk]}
    assert client.post(page, chosen).status_code == 302
    assert is_domain_verified(acme)


@pytest.mark.parametrize(
    "domain",
    [
        "https://acme.example",
        "acme.example/",
        "acme.example/path",
        "*.acme.example",
        "a cme.example",
    ],
)
def test_what_is_not_a_host_is_not_verified(ann: Any, acme: Any, domain: str) -> None:
    acme.domain = domain
    acme.save()
    with pytest.raises(InvalidValueError, match="not the name of a host"):
        verify_domain(acme)
    other = create_tenant("Other", ann, domain=domain)
    assert not is_domain_verified(other)


def test_a_tenant_that_has_moved_away_does_not_keep_the_domain(
    ann: Any, bob: Any, acme: Any
) -> None:
    acme.domain = "shop.example"
    acme.save()
    verify_domain(acme)
    acme.domain = "other.example"
    acme.save()
    globex = get_tenant_model().objects.get(slug="globex")
    globex.domain = "shop.example"
    globex.save()
    verify_domain(globex)
    assert named_by("shop.example", ann) == "globex"
    acme.domain = "shop.example"
    acme.save()
    assert not is_domain_verified(acme)


@pytest.mark.only(models="swapped")
def test_a_projects_own_domain_may_be_null(ann: Any, acme: Any) -> None:
    assert acme.domain is None
    acme.full_clean(exclude=["notes", "settings", "reviewed_at"])
    acme.domain = "acme.example"
    acme.save()
    verify_domain(acme)
    acme.domain = None
    acme.save()
    assert named_by("acme.example", ann) is None
    assert not is_domain_verified(acme)
    with pytest.raises(InvalidValueError, match="has no domain"):
        verify_domain(acme)
    assert verify() == []
    assert [one.domain for one in export_snapshot(ann).tenants] == ["", ""]
