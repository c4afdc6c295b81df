"""Domains of tenants: which are proven, so that a request's host can name the tenant.

Anyone who may edit a tenant can type a domain, also that of another company or of the site itself. So a
domain counts only after it is verified: by staff in the admin, by code that has asked the DNS, or by
`create_tenant(domain=...)` outside of a user's request.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, router
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from tenantry import canonical_host
from tenantry.django.exceptions import DomainTakenError
from tenantry.django.swapping import all_rows, get_tenant_model, own_model
from tenantry.django.transactions import in_transaction
from tenantry.exceptions import InvalidValueError

__all__ = [
    "domain_challenge",
    "is_domain_verified",
    "is_proven_by",
    "unverify_domain",
    "verify_domain",
]


def verify_domain(tenant: Any, *, using: str | None = None) -> str:
    """Makes the tenant's domain count: from the next request on its host names the tenant, if `SOURCES` has
    `domain`. Returns the domain as browsers send it. Call it after you have proven that the domain is the
    tenant's: see `domain_challenge`.

    Raises `InvalidValueError` if the tenant has no domain, or what is not one, such as a url, and
    `DomainTakenError` if it is verified for another tenant.

    >>> acme = create_tenant("Acme", ann)
    >>> acme.domain = "Bücher.example"
    >>> acme.save()
    >>> verify_domain(acme)
    'xn--bcher-kva.example'
    """
    domain = canonical_host(tenant.domain or "")
    if not domain:
        reason = _("The tenant has no domain. Set one, and save it first.")
        raise InvalidValueError(reason, what="domain", value="", reason=reason)
    if not split_domain_port(domain)[0]:
        reason = _("“%(domain)s” is not the name of a host, such as acme.example.")
        text = reason % {"domain": tenant.domain[:80]}
        raise InvalidValueError(text, what="domain", value=tenant.domain[:80], reason=text)
    alias = using or _using(tenant)
    rows = all_rows(own_model("VerifiedDomain"), alias)

    def verify() -> str:
        found = rows.filter(domain=domain).select_related("tenant").first()
        if found is None:
            rows.create(domain=domain, tenant=tenant)
        elif found.tenant_id != tenant.pk:
            if canonical_host(found.tenant.domain or "") == domain:
                raise _taken(domain)
            # The other one has another domain by now.
            rows.filter(domain=domain).update(tenant=tenant, verified_at=timezone.now())
        return domain

    try:
        return in_transaction(verify, alias)
    except IntegrityError as error:
        if isinstance(error, DomainTakenError):
            raise
        raise _taken(domain) from error


def unverify_domain(tenant: Any, *, using: str | None = None) -> bool:
    """Takes back that domains of the tenant are verified. Returns whether one was.

    >>> unverify_domain(create_tenant("Acme", ann))
    False
    """
    rows = all_rows(own_model("VerifiedDomain"), using or _using(tenant))
    return bool(rows.filter(tenant=tenant).delete()[0])


def is_domain_verified(tenant: Any, *, using: str | None = None) -> bool:
    """Whether the domain that the tenant has now is verified.

    >>> is_domain_verified(create_tenant("Acme", ann, domain="acme.example"))
    True
    """
    rows = all_rows(own_model("VerifiedDomain"), using or _using(tenant))
    return bool(
        tenant.domain and rows.filter(domain=canonical_host(tenant.domain), tenant=tenant).exists()
    )


def domain_challenge(tenant: Any) -> str:
    """A text that the owner of the tenant's domain is to publish, as a TXT record of the DNS. It is secret to
    no one, and another for each tenant and domain.

    >>> acme = create_tenant("Acme", ann, domain="acme.example")
    >>> domain_challenge(acme).startswith("tenantry-verification=")
    True
    """
    value = f"{tenant.pk}:{canonical_host(tenant.domain or '')}"
    digest = salted_hmac("tenantry.django.domains", value, algorithm="sha256").hexdigest()
    return f"tenantry-verification={digest[:40]}"


def is_proven_by(tenant: Any, records: Any) -> bool:
    """Whether one of these TXT records of the tenant's domain is its `domain_challenge`.

    >>> acme = create_tenant("Acme", ann, domain="acme.example")
    >>> is_proven_by(acme, ["v=spf1 -all", domain_challenge(acme)])
    True
    """
    challenge = domain_challenge(tenant)
    return any(constant_time_compare(str(record).strip(), challenge) for record in records)


def _taken(domain: str) -> DomainTakenError:
    message = _("The domain “%(domain)s” is verified for another tenant.")
    return DomainTakenError(message % {"domain": domain[:80]}, domain=domain[:80])


def _using(tenant: Any) -> str:
    return tenant._state.db or router.db_for_write(get_tenant_model(), instance=tenant)
