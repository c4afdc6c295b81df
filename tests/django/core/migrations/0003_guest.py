from django.contrib.auth.models import UserManager
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0002_invoice")]
    operations = [
        migrations.CreateModel(
            name="Guest",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("core.user",),
            managers=[("objects", UserManager())],
        )
    ]
