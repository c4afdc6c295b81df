from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_guest")]

    operations = [
        migrations.CreateModel(
            name="Employee",
            fields=[
                ("number", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "parent",
                    models.OneToOneField(
                        settings.AUTH_USER_MODEL, models.CASCADE, parent_link=True
                    ),
                ),
            ],
            options={"abstract": False},
            bases=("core.user",),
        ),
    ]
