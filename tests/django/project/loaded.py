"""Loads the project, for processes that are forked of one that has."""

import os

import django
from django.core.checks import run_checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
# Every command does it, and most of its time goes into loading urls, views and the admin.
run_checks()
