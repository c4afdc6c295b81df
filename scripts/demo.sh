#!/bin/sh
# The main job on a Django project with 2,000 users: its tests, the adoption, its tests again. The copy that
# it works on stays in target/demo, to be opened.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
python=$(scripts/pythons.sh first)
if [ -z "$python" ]; then
    echo 'the demo needs Python 3.11 or later with venv; on Debian and Ubuntu:' \
        'apt-get install python3 python3-venv' >&2
    exit 1
fi
scripts/wheel.sh "$python" "$target/dist"
scripts/venv.sh .venvs/demo "$python" examples/django_project/requirements.txt "$target"/dist/*.whl
PATH=$PWD/.venvs/demo/bin:$PATH
adopt=$PWD/examples/adopt_django_project.py
before=$PWD/examples/django_project
project=$(cd "$target" && pwd)/demo
rm -rf "$project"
cp -R "$before" "$project"
cd "$project"

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

step() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# Types a command and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

own_tests() {
    printf '\n$ python manage.py test\n'
    if ! python manage.py test >test.log 2>&1; then
        cat test.log >&2
        exit 1
    fi
    grep '^Ran\|^OK' test.log
}

step '1. A project in which every user stands alone, with 2,000 of them.'
run python manage.py migrate --verbosity 0
run python manage.py seed_users
own_tests

step '2. Every user gets a tenant: settings, urls, and one migration.'
python "$adopt" .

step '3. What changed in the project.'
for file in config/settings.py config/urls.py core/templates/base.html; do
    printf '\n$ diff before/%s %s\n' "$file" "$file"
    diff "$before/$file" "$file" || true
done
run cat core/migrations/0002_default_tenants.py

step '4. Everything that worked still works; and to do it again changes nothing.'
own_tests
run python manage.py backfill_tenants

step 'To look at it:'
cat <<END

    cd $project
    $(command -v python) manage.py runserver

and open

    http://127.0.0.1:8000/                          log in as ann, with the password ann
    http://127.0.0.1:8000/workspace/                a page of her workspace
    http://127.0.0.1:8000/tenants/                  where she chooses one
    http://127.0.0.1:8000/admin/tenantry/tenant/    the admin; add her to another workspace there
END
