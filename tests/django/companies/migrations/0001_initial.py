from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import CASCADE
from tenantry.django.swapping import membership_label, migration_that_makes, tenant_label


def proxy(name: str, of: str) -> migrations.CreateModel:
    options = {"proxy": True, "indexes": [], "constraints": []}
    return migrations.CreateModel(name=name, fields=[], options=options, bases=(of.lower(),))


KEY = ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False))


def child(name: str, of: str, *more: tuple[str, Any]) -> migrations.CreateModel:
    fields = [
        *more,
        ("number", models.BigAutoField(primary_key=True, serialize=False)),
        ("parent", models.OneToOneField(of, CASCADE, parent_link=True)),
    ]
    return migrations.CreateModel(name=name, fields=fields, bases=(of.lower(),))


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migration_that_makes(tenant_label()),
        migration_that_makes(membership_label()),
    ]
    operations = [
        proxy("Customer", tenant_label()),
        child("Company", tenant_label()),
        proxy("Place", membership_label()),
        migrations.CreateModel(name="Branch", fields=[KEY]),
        migrations.CreateModel(
            name="Desk", fields=[KEY, ("branch", models.ForeignKey("companies.branch", CASCADE))]
        ),
        child(
            "Post",
            membership_label(),
            ("desk", models.ForeignKey("companies.desk", CASCADE, null=True, related_name="+")),
            (
                "invited_by",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
                ),
            ),
        ),
    ]
