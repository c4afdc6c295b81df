"""A run is in the configuration that it says it is in: an axis that did nothing would prove nothing."""

from __future__ import annotations

import os
import sys
from typing import Any

import django
import pytest
from axes import matrix
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from rows import IS_EMBEDDED

CONFIGURATIONS, AT = matrix()
HERE = CONFIGURATIONS[AT]


def ask(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_the_versions_are_those_of_the_configuration() -> None:
    if "TENANTRY_TEST_MATRIX" not in os.environ:
        return  # a run by hand takes what there is
    assert HERE["python"] == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert django.get_version().startswith(f"{HERE['django']}.")


@pytest.mark.django_db
def test_the_database_is_the_one_of_the_configuration_and_works_as_it_says() -> None:
    vendor, _, rest = HERE["database"].partition("-")
    assert connection.vendor == {"postgres": "postgresql", "mariadb": "mysql"}.get(vendor, vendor)
    if vendor == "sqlite":
        assert ask("PRAGMA journal_mode") == ("wal" if "wal" in rest else "delete")
        mode: Any = connection
        assert mode.transaction_mode == ("IMMEDIATE" if "immediate" in rest else None)
    else:
        # PostgreSQL tells that of the transaction, and has another outside of one.
        with transaction.atomic():
            level = ask(
                "SHOW transaction_isolation" if vendor == "postgres" else "SELECT @@tx_isolation"
            )
        assert level.lower().replace("-", " ") == (rest or "read committed").replace("-", " ")


@pytest.mark.django_db
def test_tests_are_in_a_transaction_or_not_as_it_says() -> None:
    assert connection.in_atomic_block is (HERE["transactions"] == "wrapped")


def test_users_models_and_home_are_as_it_says() -> None:
    kinds = {"int": "BigAutoField", "uuid": "UUIDField", "text": "CharField"}
    assert get_user_model()._meta.pk.get_internal_type() == kinds[HERE["users"]]
    assert IS_EMBEDDED is (HERE["home"] == "embedded")
    label = getattr(settings, "TENANTRY_TENANT_MODEL", "tenantry.Tenant")
    if not IS_EMBEDDED:
        assert (label == "workspaces.Workspace") is (HERE["models"] == "swapped")
