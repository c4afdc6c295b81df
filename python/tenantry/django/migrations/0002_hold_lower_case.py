"""Slugs that are there already and have capitals keep their lower-case forms for their tenants.

New slugs are in lower case, and `Acme` blocks `acme`, which the UNIQUE index of PostgreSQL and of SQLite does
not see. A migration of its own, for PostgreSQL makes no tables beside rows that it has yet to check.
"""

from typing import Any

from django.db import migrations, router
from django.db.models.functions import Lower

from tenantry.django.swapping import tenant_label


def hold(apps: Any, schema_editor: Any) -> None:
    using = schema_editor.connection.alias
    model = apps.get_model(tenant_label())
    if not router.allow_migrate_model(using, model):
        return
    tenants = model._base_manager.using(using)
    retired = apps.get_model("tenantry", "RetiredSlug")._base_manager.using(using)
    with_capitals = tenants.exclude(slug=Lower("slug")).order_by("pk")
    for slug, key in with_capitals.values_list("slug", "pk"):
        lower = slug.lower()
        if not tenants.filter(slug=lower).exists():
            retired.get_or_create(slug=lower, defaults={"tenant_id": key})


class Migration(migrations.Migration):
    dependencies = [("tenantry", "0001_initial")]

    operations = [migrations.RunPython(hold, migrations.RunPython.noop)]
