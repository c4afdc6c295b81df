#!/bin/sh
# test_django.sh VENV: the tests of the Django app on every database at hand, with its own models and with
# a project's, and with other primary keys. The servers are started and stopped by the tests.
set -eu
cd "$(dirname "$0")/.."
venv=$1

databases='sqlite postgres'
if { command -v mariadbd || command -v /usr/sbin/mariadbd; } >/dev/null &&
    pkg-config --exists libmariadb 2>/dev/null; then
    databases="$databases mariadb"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -r tests/django/requirements-mariadb.txt
else
    echo 'no MariaDB is at hand, and the tests on it are left out; on Debian and Ubuntu:' \
        'apt-get install mariadb-server libmariadb-dev pkg-config' >&2
fi

run() {
    echo "== $*"
    env "$@" "$venv/bin/python" -m pytest -q -c tests/django/pytest.ini tests/django
}

for database in $databases; do
    run "TENANTRY_TEST_DATABASE=$database"
    run "TENANTRY_TEST_DATABASE=$database" TENANTRY_TEST_MODELS=swapped
done
run TENANTRY_TEST_USERS=uuid
run TENANTRY_TEST_USERS=text
