"""The guide's own data migration."""

from django.db import migrations
from django.utils.text import slugify


def create_default_tenants(apps, schema_editor):
    User = apps.get_model("core", "User")
    Tenant = apps.get_model("core", "Tenant")
    Membership = apps.get_model("core", "Membership")
    for user in User.objects.all():
        name = user.business_name or f"{user.username}'s Workspace"
        base = slug = slugify(name)
        counter = 1
        while Tenant.objects.filter(slug=slug).exists():
            slug = f"{base}-{counter}"
            counter += 1
        tenant = Tenant.objects.create(
            name=name,
            slug=slug,
            domain=user.business_domain or "",
            plan=user.tier or "free",
            is_active=True,
        )
        Membership.objects.create(tenant=tenant, user=user, role="owner", is_active=True)


class Migration(migrations.Migration):
    dependencies = [("core", "0002_tenants")]

    operations = [migrations.RunPython(create_default_tenants, migrations.RunPython.noop)]
