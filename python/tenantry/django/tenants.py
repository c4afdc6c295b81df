"""Making tenants, and giving slugs free again. To rename or to change one, set its fields and save."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, router
from django.db.models import Exists, OuterRef

from tenantry import Planner, slug_base
from tenantry.django.conf import configuration
from tenantry.django.context import is_by_staff
from tenantry.django.domains import verify_domain
from tenantry.django.entries import enter_unless_retired
from tenantry.django.exceptions import ConflictError, DomainTakenError, SlugTakenError
from tenantry.django.homes import embedded_home
from tenantry.django.integrity.stale import unguarded
from tenantry.django.slugs import free_slugs, held, taken
from tenantry.django.swapping import all_rows, get_membership_model, get_tenant_model, own_model
from tenantry.django.transactions import in_transaction, is_unique_violation
from tenantry.django.users import member_key, profile, user_row
from tenantry.enums import Role
from tenantry.exceptions import InvalidValueError

__all__ = ["create_tenant", "ensure_default_tenant", "release_slug"]


def create_tenant(name: str, owner: Any, *, using: str | None = None, **fields: Any) -> Any:
    """Makes a tenant and its owner's active membership, both or neither.

    - `owner` is a user: an instance of the user model, or what the authentication by a token gives for one.
    - `fields` are other fields of the tenant: `slug`, `domain`, `plan`, those of the project's own
      model. Without a slug it is the first free one of the name.
    - A `domain` is verified at once, unless this runs in the request of a user who is not staff, who may have
      typed it: see `verify_domain`.

    Raises `InvalidValueError`, `UnknownPlanError` or `SlugTakenError`; nothing is then made, and a
    transaction that this is in can go on.

    >>> acme = create_tenant("Acme Inc.", ann, plan="pro")
    >>> acme.slug, [str(membership.user) for membership in acme.memberships.all()]
    ('acme-inc', ['ann'])
    """
    if home := embedded_home():
        return home.create_tenant(name, owner, fields)
    model = get_tenant_model()
    owner = user_row(owner, using)
    using = using or router.db_for_write(model, instance=owner)

    def create() -> Any:
        tenant = model(name=name, **fields)
        tenant.save(using=using)
        membership: Any = get_membership_model()
        membership(tenant=tenant, user=owner, role=Role.OWNER.value).save(using=using)
        if tenant.domain and is_by_staff():
            with suppress(DomainTakenError, InvalidValueError):
                verify_domain(tenant, using=using)
        return tenant

    return in_transaction(create, using)


def ensure_default_tenant(user: Any, *, using: str | None = None) -> Any:
    """Gives a user who has no membership, active or not, a tenant of its own, as the backfill would:
    one call at every sign-up, or the setting `CREATE_FOR_NEW_USERS`.

    Returns None if the user has a membership. In the caller's transaction it is a part of that, and losing
    a race for a slug does that no harm. Called twice for one user at the same moment, it makes one tenant.

    Raises `RowError` for a user that the backfill would refuse, and `ConflictError` if another transaction
    got in the way and the caller's has to be repeated.

    >>> ensure_default_tenant(ann).slug
    'anns-workspace'
    >>> ensure_default_tenant(ann)
    """
    if home := embedded_home():
        return home.ensure_default_tenant(user)
    user = user_row(user, using)
    using = using or router.db_for_write(get_tenant_model(), instance=user)
    sign_up = _SignUp(user, using)
    while True:
        try:
            return sign_up.give()
        except _AlreadyGivenError as error:
            if not sign_up.forget_what_was_left():
                raise ConflictError from error


class _AlreadyGivenError(Exception):
    """The user was given a tenant before, or by another transaction at this very moment."""


class _SignUp:
    """The default tenant of one user."""

    def __init__(self, user: Any, using: str) -> None:
        config = configuration()
        planner = Planner(slug_style=config.slug_style, unknown_plan=config.unknown_plan)
        [planned] = planner.plan([profile(user)])
        assert planned is not None  # without `on_error="skip"` each user is planned
        self.user = user
        self.using = using
        self.user_key = planned.user_key
        self.fields = {
            "name": planned.name,
            "domain": planned.domain,
            "plan": planned.plan.value,
        }
        self.base = slug_base(planned.name, user.get_username(), style=config.slug_style)

    def give(self) -> Any:
        """The tenant, made now; None if the user has a membership."""
        field = get_membership_model()._meta.get_field("user").target_field.attname
        memberships = all_rows(get_membership_model(), self.using).filter(user=OuterRef(field))
        users = all_rows(get_user_model(), self.using).filter(**{field: member_key(self.user)})
        is_member = users.filter(Exists(memberships))
        for slug in free_slugs(self.base, using=self.using, unless=is_member):
            try:
                return in_transaction(partial(self._make, slug), self.using)
            except IntegrityError as error:
                if isinstance(error, SlugTakenError):
                    continue
                if is_unique_violation(error, get_tenant_model(), "slug", using=self.using):
                    continue
                entry = own_model("BackfillEntry")
                if is_unique_violation(error, entry, "user_key", using=self.using):
                    raise _AlreadyGivenError from error
                raise
        return None

    def _make(self, slug: str) -> Any:
        tenant = get_tenant_model()(slug=slug, **self.fields)
        with held(slug, self.using), unguarded(tenant):
            # What its guard would look for, the entry does.
            tenant.save(using=self.using, force_insert=True)
        role = Role.OWNER.value
        model: Any = get_membership_model()
        membership = model(tenant=tenant, user=self.user, role=role)
        with unguarded(membership):
            membership.save(using=self.using, force_insert=True)
        if not enter_unless_retired(tenant, self.user_key, self.using):
            raise taken(slug)
        return tenant

    def forget_what_was_left(self) -> bool:
        """Forgets that the user was given a tenant which it has left. Returns whether it was so."""
        # In this order: an entry that is seen came with a membership that is seen then, unless the user
        # has left it.
        entries = all_rows(own_model("BackfillEntry"), self.using)
        old = list(entries.filter(user_key=self.user_key).values_list("pk", flat=True))
        memberships = all_rows(get_membership_model(), self.using)
        if memberships.filter(user=self.user).exists():
            return True  # which the next try sees
        return bool(entries.filter(pk__in=old).delete()[0])


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
