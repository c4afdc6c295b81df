"""The tables of the app. Those of a tenant and a membership that the project brings are not made."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from tenantry.django.swapping import membership_label, migration_that_makes, tenant_label


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        *(
            migration_that_makes(label)
            for label in (tenant_label(), membership_label())
            if not label.startswith("tenantry.")
        ),
    ]

    operations = [
        migrations.CreateModel(
            name="Tenant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("domain", models.CharField(blank=True, default="", max_length=255)),
                (
                    "plan",
                    models.CharField(
                        choices=[
                            ("free", "Free"),
                            ("starter", "Starter"),
                            ("growth", "Growth"),
                            ("pro", "Pro"),
                            ("enterprise", "Enterprise"),
                        ],
                        default="free",
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "Tenant",
                "verbose_name_plural": "Tenants",
                "ordering": ["name"],
                "abstract": False,
                "swappable": "TENANTRY_TENANT_MODEL",
            },
        ),
        migrations.CreateModel(
            name="BackfillRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=255, verbose_name="source")),
                ("options", models.TextField(verbose_name="options")),
                (
                    "started_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="started"),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="finished")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
            ],
            options={
                "verbose_name": "backfill run",
                "verbose_name_plural": "backfill runs",
            },
        ),
        migrations.CreateModel(
            name="RetiredSlug",
            fields=[
                (
                    "slug",
                    models.SlugField(
                        max_length=80, primary_key=True, serialize=False, verbose_name="slug"
                    ),
                ),
                (
                    "retired_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="retired"),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=tenant_label(),
                        verbose_name="tenant",
                    ),
                ),
            ],
            options={
                "verbose_name": "retired slug",
                "verbose_name_plural": "retired slugs",
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("owner", "Owner"), ("admin", "Admin"), ("member", "Member")],
                        default="member",
                        max_length=20,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=tenant_label(),
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "abstract": False,
                "swappable": "TENANTRY_MEMBERSHIP_MODEL",
                "indexes": [
                    models.Index(fields=["tenant", "user"], name="tenantry_me_tenant__e54f24_idx"),
                    models.Index(fields=["tenant", "role"], name="tenantry_me_tenant__85de03_idx"),
                ],
                "unique_together": {("tenant", "user")},
            },
        ),
        migrations.CreateModel(
            name="BackfillEntry",
            fields=[
                (
                    "tenant",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=tenant_label(),
                        verbose_name="tenant",
                    ),
                ),
                ("user_key", models.CharField(max_length=255, verbose_name="user")),
                ("checksum", models.BigIntegerField(verbose_name="checksum")),
                (
                    "run",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entries",
                        to="tenantry.backfillrun",
                        verbose_name="run",
                    ),
                ),
            ],
            options={
                "verbose_name": "backfill entry",
                "verbose_name_plural": "backfill entries",
                "constraints": [
                    models.UniqueConstraint(fields=("user_key",), name="tenantry_entry_user")
                ],
            },
        ),
    ]
