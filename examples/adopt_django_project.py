"""Gives the users of a copy of `django_project` a tenant each: `adopt_django_project.py FOLDER`.

These are the steps of the tutorial in docs/django.md: settings, urls, one migration. Then it shows what
will be made, migrates and verifies. One page is added that is about a tenant, to see what comes next.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHANGES = {
    # in which file what stands, and what is to stand there
    "config/settings.py": {
        '    "invoices",\n': '    "invoices",\n    "tenantry.django",\n',
        "USE_TZ = True\n": 'TENANTRY = {"CREATE_FOR_NEW_USERS": True}\n\nUSE_TZ = True\n',
        '    "django.contrib.auth.middleware.AuthenticationMiddleware",\n': (
            '    "django.contrib.auth.middleware.AuthenticationMiddleware",\n'
            '    "tenantry.django.middleware.TenantMiddleware",\n'
        ),
        '                "django.contrib.messages.context_processors.messages",\n': (
            '                "django.contrib.messages.context_processors.messages",\n'
            '                "tenantry.django.context_processors.current_tenant",\n'
        ),
    },
    "config/urls.py": {
        "from core.views import about\n": (
            "from core.views import about\nfrom core.workspace import workspace\n"
        ),
        '    path("admin/", admin.site.urls),\n': (
            '    path("admin/", admin.site.urls),\n'
            '    path("tenants/", include("tenantry.django.urls")),\n'
            '    path("workspace/", workspace, name="workspace"),\n'
        ),
    },
    "core/templates/base.html": {
        '    <nav aria-label="Account">\n': (
            '    <nav aria-label="Account">\n'
            # Not its name: then each page would ask for the tenant, by a query more.
            "      <a href=\"{% url 'workspace' %}\">Workspace</a>\n"
            "      <a href=\"{% url 'tenantry:choose' %}?next={% url 'workspace' %}\">Switch</a>\n"
        ),
    },
}

MIGRATION = """\
from django.db import migrations
from tenantry.django.operations import BackfillDefaultTenants


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial"), ("tenantry", "0001_initial")]

    operations = [
        BackfillDefaultTenants(name="business_name", domain="business_domain", plan="tier"),
    ]
"""

WORKSPACE = """\
from django.shortcuts import render
from tenantry.django.decorators import tenant_required


@tenant_required
def workspace(request):
    members = request.tenant.memberships.filter(is_active=True).select_related("user")
    return render(request, "workspace.html", {"members": members.order_by("user__username")})
"""

TEMPLATE = """\
{% extends "base.html" %}
{% block title %}{{ current_tenant.name }}{% endblock %}
{% block content %}
  <h1>{{ current_tenant.name }}</h1>
  <table class="card">
    <thead><tr><th scope="col">Member</th><th scope="col">Role</th></tr></thead>
    <tbody>
      {% for member in members %}
      <tr><td>{{ member.user.username }}</td><td>{{ member.get_role_display }}</td></tr>
      {% endfor %}
    </tbody>
  </table>
{% endblock %}
"""

NEW = {
    "core/migrations/0002_default_tenants.py": MIGRATION,
    "core/workspace.py": WORKSPACE,
    "core/templates/workspace.html": TEMPLATE,
}


def adopt(project: Path) -> None:
    """Changes the files of the project: all of them, or none."""
    texts = {}
    for name, changes in CHANGES.items():
        text = (project / name).read_text(encoding="utf-8")
        for old, new in changes.items():
            if text.count(old) != 1 or new in text:
                sys.exit(f"{name}: {old.strip()!r} is not there once, or tenantry is there already")
            text = text.replace(old, new)
        texts[name] = text
    for name, text in (texts | NEW).items():
        (project / name).write_text(text, encoding="utf-8")


def manage(project: Path, *command: str) -> None:
    """Runs a command of the project, and ends if it fails."""
    print(f"\n$ python manage.py {' '.join(command)}", flush=True)
    code = subprocess.call([sys.executable, "manage.py", *command], cwd=project)
    if code:
        sys.exit(code)


def main() -> None:
    if len(sys.argv) != 2 or not Path(sys.argv[1], "manage.py").is_file():
        sys.exit("usage: adopt_django_project.py FOLDER, a copy of examples/django_project")
    project = Path(sys.argv[1])
    adopt(project)
    manage(project, "check")
    manage(project, "migrate", "tenantry", "--verbosity", "0")
    manage(project, "backfill_tenants", "--dry-run")
    manage(project, "migrate")
    manage(project, "verify_tenants")


if __name__ == "__main__":
    main()
