"""The backfill as an operation of a migration, on historical models."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter
from people import make_users
from tenantry.django.models import BackfillRun, get_membership_model, get_tenant_model
from tenantry.django.operations import BackfillDefaultTenants
from tenantry.exceptions import InvalidValueError, RowError

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])
User: Any = get_user_model()
Tenant: Any = get_tenant_model()
Membership: Any = get_membership_model()


def migration(*operations: Any, atomic: bool = True) -> Any:
    made: Any = migrations.Migration("0099_default_tenants", "core")
    made.operations = list(operations)
    made.atomic = atomic
    return made


def state() -> ProjectState:
    """The project as its migrations know it."""
    return MigrationExecutor(connection).loader.project_state()


def apply(made: Any) -> None:
    with connection.schema_editor(atomic=made.atomic) as editor:
        made.apply(state(), editor)


def unapply(made: Any) -> None:
    with connection.schema_editor(atomic=made.atomic) as editor:
        made.unapply(state(), editor)


def slugs() -> list[str]:
    return sorted(Tenant.objects.values_list("slug", flat=True))


@pytest.mark.parametrize("atomic", [True, False])
def test_a_migration_gives_every_user_a_tenant_and_takes_them_back(atomic: bool) -> None:
    make_users("Acme", "Acme", "Globex", tier="pro")
    operation = BackfillDefaultTenants(
        name="business_name", domain="business_domain", plan="tier", chunk_size=2
    )
    apply(migration(operation, atomic=atomic))
    assert slugs() == ["acme", "acme-1", "globex"]
    assert set(Tenant.objects.values_list("plan", flat=True)) == {"pro"}
    assert set(Membership.objects.values_list("role", flat=True)) == {"owner"}
    Tenant(name="Made later", slug="later").save()
    unapply(migration(operation, atomic=atomic))
    assert slugs() == ["later"]
    apply(migration(operation, atomic=atomic))
    assert slugs() == ["acme", "acme-1", "globex", "later"], "the same result as before"


def test_an_atomic_migration_that_fails_leaves_nothing_where_the_database_can_do_that() -> None:
    make_users("Acme", "Globex", tier="pro")

    def fail(apps: Any, schema_editor: Any) -> None:
        raise RuntimeError("a later operation failed")

    made = migration(BackfillDefaultTenants(), migrations.RunPython(fail))
    with pytest.raises(RuntimeError):
        apply(made)
    assert slugs() == ([] if connection.features.can_rollback_ddl else ["acme", "globex"])


def test_a_migration_in_chunks_keeps_what_is_committed_and_goes_on_as_one_run() -> None:
    make_users("Acme", "Globex", "Initech", tier="pro")
    User.objects.filter(username="user2").update(business_domain="x" * 256)
    made = migration(BackfillDefaultTenants(chunk_size=1), atomic=False)
    with pytest.raises(RowError) as caught:
        apply(made)
    assert caught.value.committed == len(slugs())
    User.objects.update(business_domain="")
    apply(made)
    assert len(slugs()) == 3
    assert BackfillRun.objects.count() == 1
    unapply(made)
    assert slugs() == []


def test_a_second_migration_makes_nothing_and_reversed_takes_nothing() -> None:
    make_users("Acme", tier="pro")
    first, second = migration(BackfillDefaultTenants()), migration(BackfillDefaultTenants())
    apply(first)
    apply(second)
    unapply(second)
    assert slugs() == ["acme"]
    unapply(first)
    assert slugs() == []


def test_reversing_what_was_faked_takes_nothing() -> None:
    make_users("Acme", tier="pro")
    unapply(migration(BackfillDefaultTenants()))
    assert slugs() == []


def test_reversing_keeps_what_has_changed_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    make_users("Acme", "Globex", tier="pro")
    made = migration(BackfillDefaultTenants())
    with caplog.at_level(logging.INFO, "tenantry.django"):
        apply(made)
        Tenant.objects.filter(slug="acme").update(plan="growth")
        unapply(made)
    assert slugs() == ["acme"]
    assert "2 tenants made" in caplog.text
    assert "1 tenants are kept: changed" in caplog.text
    assert "acme" not in caplog.text


def test_sqlmigrate_and_plan_describe_it() -> None:
    made = migration(BackfillDefaultTenants())
    with connection.schema_editor(collect_sql=True, atomic=made.atomic) as editor:
        made.apply(state(), editor, collect_sql=True)
    sql = "\n".join(str(line) for line in editor.collected_sql)
    assert "Give every user without a membership a tenant" in sql
    assert "CANNOT BE WRITTEN AS SQL" in sql


def test_a_router_that_keeps_tenants_elsewhere_is_honoured(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [NotHere()]
    make_users("Acme", tier="pro")
    made = migration(BackfillDefaultTenants())
    apply(made)
    unapply(made)
    assert slugs() == []
    assert BackfillRun.objects.count() == 0


class NotHere:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if app_label == Tenant._meta.app_label else None


def test_a_field_that_the_user_lacks_is_named_at_once() -> None:
    with pytest.raises(ImproperlyConfigured, match="'company' of core.User"):
        apply(migration(BackfillDefaultTenants(name="company")))
    apply(migration(BackfillDefaultTenants(name=None, plan=None)))


def test_a_migration_that_does_not_depend_on_ours_is_told_to() -> None:
    made = migration(BackfillDefaultTenants())
    empty = ProjectState(real_apps=set())
    with connection.schema_editor() as editor, pytest.raises(LookupError, match="0001_initial"):
        made.apply(empty, editor)


def test_it_is_written_into_a_migration_as_it_was_made() -> None:
    operation = BackfillDefaultTenants(
        name="business_name", domain=None, chunk_size=500, on_error="skip", elidable=True
    )
    written = MigrationWriter(migration(operation)).as_string()
    scope: dict[str, Any] = {}
    exec(compile(written, "migration", "exec"), scope)
    [again] = scope["Migration"].operations
    assert again.deconstruct() == operation.deconstruct()
    with pytest.raises(InvalidValueError):
        BackfillDefaultTenants(chunk_size=0)


def test_the_schema_may_change_in_the_same_atomic_migration() -> None:
    if not connection.features.can_rollback_ddl:
        return  # such a database would keep the change
    make_users("Acme", tier="pro")

    def alter(apps: Any, schema_editor: Any) -> None:
        # PostgreSQL refuses this while triggers of the rows are pending.
        name = connection.ops.quote_name(Membership._meta.db_table)
        schema_editor.execute(f"ALTER TABLE {name} ADD COLUMN colour varchar(10) NULL")
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        apply(migration(BackfillDefaultTenants(), migrations.RunPython(alter)))
