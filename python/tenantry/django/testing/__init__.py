"""For projects that test with tenants: a helper for Django's test client, and fixtures for pytest.

Put `pytest_plugins = ["tenantry.django.testing"]` into the project's `conftest.py` for the fixtures of
`tenantry.django.testing.fixtures`. They need pytest-django; the helper needs nothing.
"""

from tenantry.django.testing.clients import aselect_tenant, select_tenant

__all__ = ["aselect_tenant", "select_tenant"]

pytest_plugins = ["tenantry.django.testing.fixtures"]
