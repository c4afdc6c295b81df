from django.conf import settings
from django.db import migrations, models
from tenantry.django.swapping import migration_that_makes, tenant_label

INVOICE = migrations.CreateModel(
    name="Invoice",
    fields=[
        (
            "id",
            models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
            ),
        ),
        ("tenant", models.ForeignKey(on_delete=models.CASCADE, to=tenant_label())),
    ],
)
NEEDED = [] if settings.IS_EMBEDDED else [migration_that_makes(tenant_label())]


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), *NEEDED]
    # An embedded store has no tables to refer to.
    operations = [] if settings.IS_EMBEDDED else [INVOICE]
