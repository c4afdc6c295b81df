"""Making tenants, and giving slugs free again. To rename or to change one, set its fields and save."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, router, transaction

from tenantry import Planner, slug_base
from tenantry.django.conf import configuration
from tenantry.django.entries import checksum
from tenantry.django.homes import embedded_home
from tenantry.django.persistence import persist
from tenantry.django.slugs import free_slugs
from tenantry.django.swapping import get_membership_model, get_tenant_model, own_model
from tenantry.django.users import profile
from tenantry.enums import Role
from tenantry.exceptions import SlugTakenError

__all__ = ["create_tenant", "ensure_default_tenant", "release_slug"]


def create_tenant(name: str, owner: Any, *, using: str | None = None, **fields: Any) -> Any:
    """Makes a tenant and its owner's active membership, both or neither.

    - `owner` is a user.
    - `fields` are other fields of the tenant: `slug`, `domain`, `plan`, those of the project's own
      model. Without a slug it is the first free one of the name.

    Raises `InvalidValueError`, `UnknownPlanError` or `SlugTakenError`; nothing is then made, and a
    transaction that this is in can go on.

    >>> acme = create_tenant("Acme Inc.", ann, plan="pro")
    >>> acme.slug, [str(membership) for membership in acme.memberships.all()]
    ('acme-inc', ['ann @ Acme Inc. (owner)'])
    """
    if home := embedded_home():
        return home.create_tenant(name, owner, fields)
    model = get_tenant_model()
    using = using or router.db_for_write(model, instance=owner)
    tenant = model(name=name, **fields)
    with transaction.atomic(using=using):
        tenant.save(using=using)
        key, role = tenant.pk, Role.OWNER.value
        get_membership_model()(tenant_id=key, user=owner, role=role).save(using=using)
    return tenant


def ensure_default_tenant(user: Any, *, using: str | None = None) -> Any:
    """Gives a user who has no membership, active or not, a tenant of its own, as the backfill would:
    one call at every sign-up, or the setting `CREATE_FOR_NEW_USERS`.

    None if the user has a membership. It works in the caller's transaction, and whoever loses a race
    for a slug takes the next without harm to it. Called twice for one user at the same moment, it
    makes one tenant.

    A deadlock, which InnoDB makes of such races now and then, ends the caller's transaction, which has
    to be repeated; without one of the caller's, this repeats its own.

    Raises `RowError` for a user that the backfill would refuse.

    >>> ensure_default_tenant(ann).slug
    'anns-workspace'
    >>> ensure_default_tenant(ann)
    """
    if home := embedded_home():
        return home.ensure_default_tenant(user)
    alias = using or router.db_for_write(get_tenant_model(), instance=user)
    return persist(lambda: _ensure(user, alias), alias)


def _ensure(user: Any, using: str) -> Any:
    memberships = get_membership_model()._base_manager.using(using).filter(user=user.pk)
    if memberships.exists():
        return None
    config = configuration()
    planner = Planner(slug_style=config.slug_style, unknown_plan=config.unknown_plan)
    [planned] = planner.plan([profile(user)])
    if planned is None:
        return None  # not reached: without `on_error="skip"` each user is planned
    fields = {"name": planned.name, "domain": planned.domain, "plan": planned.plan.value}
    username = user.get_username()
    base = slug_base(planned.name, username, style=config.slug_style)
    for slug in free_slugs(base, using=using):
        try:
            with transaction.atomic(using=using):
                tenant = create_tenant(owner=user, slug=slug, using=using, **fields)
                _enter(tenant, planned.user_key, using)
        except SlugTakenError:
            continue
        except _AlreadyGivenError:
            # In this order: an entry that is seen came with a membership that is seen then, unless
            # the user has left it.
            entries = own_model("BackfillEntry").objects.using(using)
            old = list(entries.filter(user_key=planned.user_key))
            if memberships.exists():
                return None
            entries.filter(pk__in=[entry.pk for entry in old]).delete()
            return _ensure(user, using)
        return tenant
    return None  # not reached: there is always one more candidate


class _AlreadyGivenError(Exception):
    """The user was given a tenant before, or by another transaction at this very moment."""


def _enter(tenant: Any, user_key: str, using: str) -> None:
    fields = {"user_key": user_key, "tenant_id": tenant.pk, "checksum": checksum(tenant)}
    entry = own_model("BackfillEntry")(**fields)
    try:
        with transaction.atomic(using=using):
            entry.save(using=using, force_insert=True)
    except IntegrityError as error:
        raise _AlreadyGivenError from error


def release_slug(slug: str, *, using: str | None = None) -> bool:
    """Releases a retired slug, so that any tenant may get it; whether it was retired.

    Whoever still holds the slug in a session is from then on asking for the new bearer, and is let in
    only as a member there.

    >>> acme = create_tenant("Acme", ann)
    >>> acme.slug = "acme-corp"
    >>> acme.save()
    >>> release_slug("acme"), release_slug("acme")
    (True, False)
    """
    if home := embedded_home():
        return home.release_slug(slug)
    model = own_model("RetiredSlug")
    using = using or router.db_for_write(model)
    deleted, _ = model.objects.using(using).filter(slug=slug.lower()).delete()
    return bool(deleted)
