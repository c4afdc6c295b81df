"""The admin: what it shows, what it lets be changed, and how it words what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from admin_pages import errors_of, filled, page_of, shown, text_of, told, url
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from tenantry.django.admin import TenantAdmin
from tenantry.django.admin_forms import MembershipForm, MembershipFormSet, TenantForm
from tenantry.django.backfill import backfill
from tenantry.django.integrity import memberships
from tenantry.django.models import (
    BackfillRun,
    RetiredSlug,
    get_membership_model,
    get_tenant_model,
)
from tenantry.django.tenants import create_tenant
from tenantry.django.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, make_user: Callable[..., Any]) -> Client:
    """A client that may do everything."""
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def acme(ann: Any) -> Any:
    return create_tenant("Acme", ann)


def join(tenant: Any, user: Any, role: str = "member") -> Any:
    membership = get_membership_model()(tenant=tenant, user=user, role=role)
    membership.save()
    return membership


# The list


def test_the_list_shows_tenants_with_their_active_members(
    staff: Client, acme: Any, bob: Any
) -> None:
    join(acme, bob)
    response = staff.get(url(type(acme), "changelist"))
    [row] = response.context["cl"].result_list
    assert (row.name, row.slug, row.plan, row.member_count) == ("Acme", "acme", "free", 2)
    members = url(get_membership_model(), "changelist") + f"?tenant__exact={acme.pk}"
    assert f'href="{members}"' in text_of(response)
    assert [one.tenant_id for one in staff.get(members).context["cl"].result_list] == [acme.pk] * 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=globex", ["Globex"]),
        ("q=acme.example", ["Acme"]),
        ("plan__exact=pro", ["Acme"]),
        ("is_active__exact=0", ["Globex"]),
    ],
)
def test_tenants_are_searched_and_filtered(
    staff: Client, ann: Any, query: str, found: list[str]
) -> None:
    create_tenant("Acme", ann, domain="acme.example", plan="pro")
    create_tenant("Globex", ann, is_active=False)
    response = staff.get(f"{url(get_tenant_model(), 'changelist')}?{query}")
    assert [row.name for row in response.context["cl"].result_list] == found


def test_memberships_are_searched_by_user_and_by_tenant(staff: Client, acme: Any, bob: Any) -> None:
    join(create_tenant("Globex", bob), acme.memberships.get().user)
    changelist = url(get_membership_model(), "changelist")
    found = {
        query: len(staff.get(f"{changelist}?q={query}").context["cl"].result_list)
        for query in ("ann", "bob", "acme", "globex", "nobody")
    }
    assert found == {"ann": 2, "bob": 1, "acme": 1, "globex": 2, "nobody": 0}


@pytest.mark.parametrize("what", ["tenants", "memberships", "retired"])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    staff: Client,
    make_user: Callable[..., Any],
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
    what: str,
) -> None:
    models = {
        "tenants": get_tenant_model(),
        "memberships": get_membership_model(),
        "retired": RetiredSlug,
    }

    def more(count: int) -> None:
        for _ in range(count):
            tenant = create_tenant("Acme", make_user())
            tenant.slug += "-now"
            tenant.save()

    more(2)
    page = url(models[what], "changelist")
    with django_assert_max_num_queries(10) as few:
        staff.get(page)
    more(20)
    with django_assert_num_queries(len(few)):
        staff.get(page)


# One tenant


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tenant_takes_as_many_queries_with_many_members_as_with_few(
    staff: Client,
    acme: Any,
    make_user: Callable[..., Any],
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
    method: str,
) -> None:
    def visit() -> None:
        if method == "get":
            staff.get(page_of(acme))
        else:
            assert staff.post(page_of(acme), data).status_code == 302

    join(acme, make_user())
    data = filled(staff, page_of(acme))
    with django_assert_max_num_queries(20) as queries:
        visit()
    few = len(queries)
    for _ in range(30):
        join(acme, make_user())
    data = filled(staff, page_of(acme))
    with django_assert_num_queries(few):
        visit()


def test_members_are_shown_by_name(staff: Client, acme: Any) -> None:
    text = text_of(staff.get(page_of(acme)))
    owner = acme.memberships.get().user
    assert f'<a href="{url(type(owner), "change", owner.pk)}">ann</a>' in text


def test_a_tenant_of_very_many_members_has_a_link_to_them(
    staff: Client, acme: Any, make_user: Callable[..., Any]
) -> None:
    users = [get_user_model()(username=f"u{number}") for number in range(100)]
    for user in users:
        user.save()
    model = get_membership_model()
    model.objects.bulk_create(model(tenant=acme, user=user) for user in users)
    response = staff.get(page_of(acme))
    assert response.context["inline_admin_formsets"] == []
    assert f"?tenant__exact={acme.pk}" in text_of(response)


def test_a_tenant_is_added_with_its_owner_and_finds_its_slug(
    staff: Client, acme: Any, bob: Any
) -> None:
    add = url(type(acme), "add")
    data = filled(staff, add, {"user": bob.pk, "role": "owner"}, name="ACME", plan="pro")
    response = staff.post(add, data)
    assert response.status_code == 302, errors_of(response)
    made = type(acme).objects.get(plan="pro")
    assert (made.name, made.slug, made.memberships.get().user) == ("ACME", "acme-1", bob)
    assert [str(finding) for finding in verify()] == [
        f'user "{get_user_model().objects.get(username="root").pk}" has no membership'
    ]


@pytest.mark.parametrize("row", [{}, {"role": "admin"}, {"role": "owner", "is_active": False}])
def test_a_tenant_is_not_added_without_an_active_owner(
    staff: Client, bob: Any, row: dict[str, Any]
) -> None:
    add = url(get_tenant_model(), "add")
    rows = [{"user": bob.pk, **row}] if row else []
    response = staff.post(add, filled(staff, add, *rows, name="Acme"))
    assert errors_of(response) == ["A tenant needs an active owner: add one."]
    assert not get_tenant_model().objects.exists()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"slug": "globex"}, "The slug “globex” belongs to a tenant, or did once, or is reserved."),
        ({"slug": "Globex"}, "The slug “globex” belongs to a tenant, or did once, or is reserved."),
        ({"slug": "before"}, "The slug “before” belongs to a tenant, or did once, or is reserved."),
        ({"slug": "root"}, "The slug “root” belongs to a tenant, or did once, or is reserved."),
        ({"slug": "a b"}, "Enter a valid “slug” consisting of letters, numbers, underscores or "),
        ({"name": " "}, "This field is required."),
        ({"name": "x" * 201}, "Ensure this value has at most 200 characters (it has 201)."),
        ({"name": "a\0b"}, "Null characters are not allowed."),
        ({"plan": "gold"}, "Select a valid choice. gold is not one of the available choices."),
    ],
)
def test_what_a_tenant_may_not_be_is_an_error_of_its_field(
    staff: Client, acme: Any, bob: Any, settings: Any, changes: dict[str, Any], error: str
) -> None:
    settings.TENANTRY = {"RESERVED_SLUGS": ["root"]}
    other = create_tenant("Before", bob)
    other.slug = "globex"
    other.save()
    response = staff.post(page_of(acme), filled(staff, page_of(acme), **changes))
    [found] = errors_of(response)
    assert found.startswith(error)
    [(name, _)] = changes.items()
    assert name in response.context["adminform"].form.errors
    stored = type(acme).objects.get(pk=acme.pk)
    assert (stored.name, stored.slug, stored.plan) == ("Acme", "acme", "free")


def test_a_new_slug_retires_the_old_one_and_an_empty_one_is_found(staff: Client, acme: Any) -> None:
    data = filled(staff, page_of(acme), name="Globex", slug="")
    assert staff.post(page_of(acme), data).status_code == 302
    assert type(acme).objects.get(pk=acme.pk).slug == "globex"
    assert [row.slug for row in RetiredSlug.objects.all()] == ["acme"]


LAST = "A tenant keeps one active owner; make somebody else an owner first."


@pytest.mark.parametrize(
    "change", [{"role": "member"}, {"is_active": False}, {"DELETE": "on"}, {"role": "admin"}]
)
def test_the_last_owner_stays(staff: Client, acme: Any, bob: Any, change: dict[str, Any]) -> None:
    join(acme, bob)
    response = staff.post(page_of(acme), filled(staff, page_of(acme), change))
    assert errors_of(response) == [LAST]
    assert acme.memberships.filter(role="owner", is_active=True).count() == 1


@pytest.mark.parametrize("change", [{"role": "member"}, {"is_active": False}, {"DELETE": "on"}])
@pytest.mark.parametrize("successor", ["second", "first", "new"])
def test_an_owner_hands_over_in_one_form(
    staff: Client,
    acme: Any,
    ann: Any,
    bob: Any,
    make_user: Callable[..., Any],
    change: dict[str, Any],
    successor: str,
) -> None:
    promoted: dict[str, Any] = {"role": "owner"}
    rows = [change, promoted]
    if successor == "new":
        promoted["user"] = bob.pk
    else:
        join(acme, bob)
    if successor == "first":
        # The successor's row is before the owner's.
        acme.memberships.filter(user=bob).update(role="owner")
        acme.memberships.filter(user=ann).update(role="member")
        rows = [promoted, change]
    response = staff.post(page_of(acme), filled(staff, page_of(acme), *rows))
    assert response.status_code == 302, errors_of(response)
    [owner] = acme.memberships.filter(role="owner", is_active=True)
    assert owner.user == (ann if successor == "first" else bob)


def test_deleting_owners_from_the_list_is_refused(staff: Client, acme: Any) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [acme.memberships.get().pk]}
    answer = staff.post(url(get_membership_model(), "changelist"), {**chosen, "post": "yes"})
    assert LAST in text_of(staff.get(answer["Location"])) or LAST in text_of(answer)
    assert acme.memberships.filter(role="owner", is_active=True).exists()


def test_a_page_that_was_loaded_before_a_change_of_others_keeps_it(
    staff: Client, acme: Any, bob: Any
) -> None:
    join(acme, bob)
    page = filled(staff, page_of(acme), {}, {"role": "admin"}, name="Acme Ltd.")
    member = acme.memberships.get(user=bob)
    member.is_active = False
    member.save()
    acme.is_active, acme.slug = False, "acme-inc"
    acme.save()
    assert staff.post(page_of(acme), page).status_code == 302
    stored = type(acme).objects.get(pk=acme.pk)
    assert (stored.name, stored.is_active, stored.slug) == ("Acme Ltd.", False, "acme-inc")
    member.refresh_from_db()
    assert (member.role, member.is_active) == ("admin", False)


def test_the_page_of_a_membership_keeps_a_revocation_too(
    staff: Client, acme: Any, bob: Any
) -> None:
    member = join(acme, bob)
    page = url(type(member), "change", member.pk)
    form = staff.get(page).context["adminform"].form
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in (data | shown(form)).items() if value is not False}
    member.is_active = False
    member.save()
    assert staff.post(page, data | {"role": "admin"}).status_code == 302
    stored = type(member).objects.get(pk=member.pk)
    assert (stored.role, stored.is_active) == ("admin", False)


def test_a_user_is_no_member_twice(staff: Client, acme: Any, ann: Any) -> None:
    response = staff.post(page_of(acme), filled(staff, page_of(acme), {}, {"user": ann.pk}))
    assert len(errors_of(response)) == 1
    assert acme.memberships.count() == 1


def test_a_tenant_without_an_owner_can_still_be_changed(staff: Client, acme: Any) -> None:
    acme.memberships.update(role="member")
    response = staff.post(
        page_of(acme), filled(staff, page_of(acme), {"role": "admin"}, plan="pro")
    )
    assert response.status_code == 302, errors_of(response)


# What another transaction does between the form's check and the save


def test_a_slug_that_was_lost_meanwhile_is_a_form_error(
    staff: Client, acme: Any, bob: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_tenant("Globex", bob)
    seen = []

    class BlindAtFirst(TenantForm):
        def _post_clean(self) -> None:
            seen.append(self)
            if len(seen) > 1:
                super()._post_clean()  # type: ignore[misc]
            else:
                self.instance.slug = self.cleaned_data["slug"]

    monkeypatch.setattr(TenantAdmin, "form", BlindAtFirst)
    response = staff.post(page_of(acme), filled(staff, page_of(acme), slug="globex"))
    assert len(seen) == 2
    assert any("globex" in error for error in errors_of(response))
    assert type(acme).objects.get(pk=acme.pk).slug == "acme"


def test_a_member_who_joined_meanwhile_is_a_form_error(
    staff: Client, acme: Any, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = MembershipForm.validate_unique, []

    def blind_at_first(self: Any) -> None:
        seen.append(self)
        if len(seen) > 1:
            real(self)

    monkeypatch.setattr(MembershipForm, "validate_unique", blind_at_first)
    monkeypatch.setattr(MembershipFormSet, "validate_unique", lambda self: None)
    response = staff.post(page_of(acme), filled(staff, page_of(acme), {}, {"user": ann.pk}))
    assert len(errors_of(response)) == 1
    assert acme.memberships.count() == 1


def test_an_owner_who_left_meanwhile_is_a_message(
    staff: Client, acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = filled(staff, page_of(acme), {"role": "member"}, name="Changed")
    monkeypatch.setattr(memberships, "clean_memberships", lambda *args: None)
    response = staff.post(page_of(acme), data, follow=True)
    assert response.redirect_chain == [(page_of(acme), 302)]
    assert told(response) == [LAST]
    assert type(acme).objects.get(pk=acme.pk).name == "Acme"


# Memberships


def test_the_page_of_the_last_owner_words_what_it_refuses(staff: Client, acme: Any) -> None:
    owner = acme.memberships.get()
    page = url(type(owner), "change", owner.pk)
    data = {"user": owner.user_id, "tenant": acme.pk, "role": "member", "is_active": "on"}
    assert errors_of(staff.post(page, data)) == [LAST]
    delete = url(type(owner), "delete", owner.pk)
    assert told(staff.post(delete, {"post": "yes"}, follow=True)) == [LAST]
    chosen = {"action": "delete_selected", "_selected_action": owner.pk, "post": "yes"}
    assert told(staff.post(url(type(owner), "changelist"), chosen, follow=True)) == [LAST]
    assert acme.memberships.get() == owner


def test_a_tenant_is_deleted_with_its_owner_and_its_slug_is_retired(
    staff: Client, acme: Any
) -> None:
    staff.post(url(type(acme), "delete", acme.pk), {"post": "yes"})
    assert not type(acme).objects.exists()
    assert not get_membership_model().objects.exists()
    [retired] = RetiredSlug.objects.all()
    assert (retired.slug, retired.tenant) == ("acme", None)
    staff.post(url(RetiredSlug, "delete", "acme"), {"post": "yes"})
    assert not RetiredSlug.objects.exists()


# Actions


def act(client: Client, action: str, tenants: Any, **more: Any) -> Any:
    data = {"action": action, "_selected_action": [one.pk for one in tenants], **more}
    return client.post(url(get_tenant_model(), "changelist"), data, follow=True)


def test_tenants_are_deactivated_and_activated(staff: Client, acme: Any, ann: Any) -> None:
    others = [create_tenant("Globex", ann), create_tenant("Off", ann, is_active=False)]
    response = act(staff, "deactivate", [acme, *others])
    assert told(response) == ["2 tenants were deactivated: nobody enters them from now on."]
    assert not type(acme).objects.filter(is_active=True).exists()
    entry = LogEntry.objects.filter(object_id=str(acme.pk)).get()
    assert entry.get_change_message() == "Changed active."
    assert LogEntry.objects.count() == 2
    before = type(acme).objects.get(pk=acme.pk).updated_at
    assert before > acme.updated_at
    assert told(act(staff, "activate", [acme])) == ["1 tenant was activated."]
    assert type(acme).objects.get(pk=acme.pk).is_active


def test_the_plan_of_tenants_is_changed(staff: Client, acme: Any, ann: Any) -> None:
    other = create_tenant("Globex", ann)
    page = text_of(staff.get(url(type(acme), "changelist")))
    assert '<option value="enterprise">Enterprise</option>' in page
    assert told(act(staff, "change_plan", [acme, other])) == ["Choose a plan beside the action."]
    act(staff, "change_plan", [acme, other], plan="gold")
    assert set(type(acme).objects.values_list("plan", flat=True)) == {"free"}
    assert told(act(staff, "change_plan", [acme, other], plan="pro")) == [
        "The plan of 2 tenants was changed."
    ]
    assert set(type(acme).objects.values_list("plan", flat=True)) == {"pro"}


def test_actions_need_the_permission_to_change(
    client: Client, acme: Any, make_user: Callable[..., Any]
) -> None:
    looker = make_user("looker", is_staff=True)
    code = f"view_{type(acme)._meta.model_name}"
    looker.user_permissions.add(Permission.objects.get(codename=code))
    client.force_login(looker)
    assert client.get(url(type(acme), "changelist")).status_code == 200
    act(client, "deactivate", [acme])
    assert type(acme).objects.get(pk=acme.pk).is_active


def test_who_may_not_add_an_owner_adds_no_tenant(
    client: Client, make_user: Callable[..., Any]
) -> None:
    tenant, membership = get_tenant_model()._meta, get_membership_model()._meta
    clerk = make_user("clerk", is_staff=True)
    add = url(get_tenant_model(), "add")
    for model, answer in ((tenant, 403), (membership, 200)):
        clerk.user_permissions.add(Permission.objects.get(codename=f"add_{model.model_name}"))
        client.force_login(get_user_model().objects.get(pk=clerk.pk))
        assert client.get(add).status_code == answer


def test_runs_are_there_to_be_read(staff: Client, ann: Any) -> None:
    backfill()
    [run] = BackfillRun.objects.all()
    assert "command" in text_of(staff.get(url(BackfillRun, "changelist")))
    assert staff.get(url(BackfillRun, "change", run.pk)).status_code == 200
    assert staff.get(url(BackfillRun, "add")).status_code == 403
    assert staff.post(url(BackfillRun, "delete", run.pk), {"post": "yes"}).status_code == 403
