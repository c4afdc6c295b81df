"""How far the slugs of a name are taken, so that a sign-up among a hundred thousand of one name is fast; and
which domains are proven to be a tenant's."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from tenantry.django.swapping import tenant_label


class Migration(migrations.Migration):
    dependencies = [("tenantry", "0002_hold_lower_case")]

    operations = [
        migrations.AddField(
            model_name="retiredslug",
            name="as_written",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="as written"
            ),
        ),
        migrations.CreateModel(
            name="SlugCounter",
            fields=[
                (
                    "base",
                    models.CharField(
                        max_length=90,
                        primary_key=True,
                        serialize=False,
                        verbose_name="name as a slug",
                    ),
                ),
                ("count", models.PositiveBigIntegerField(verbose_name="count")),
            ],
            options={
                "verbose_name": "slug counter",
                "verbose_name_plural": "slug counters",
            },
        ),
        migrations.CreateModel(
            name="VerifiedDomain",
            fields=[
                (
                    "domain",
                    models.CharField(
                        max_length=255, primary_key=True, serialize=False, verbose_name="domain"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=tenant_label(),
                        verbose_name="tenant",
                    ),
                ),
                (
                    "verified_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="verified"
                    ),
                ),
            ],
            options={
                "verbose_name": "verified domain",
                "verbose_name_plural": "verified domains",
            },
        ),
    ]
