#!/bin/sh
# messages.sh: takes what is marked for translation out of the Django app into its .po files, and compiles
# them. Needs GNU gettext and the environment of `make lint`. messages.sh --check: says whether that would
# change anything, or something is not translated.
set -eu
cd "$(dirname "$0")/.."
app=python/tenantry/django
admin=$(pwd)/.venvs/lint/bin/django-admin

if ! command -v msgfmt >/dev/null; then
    echo 'translations need GNU gettext; on Debian and Ubuntu: apt-get install gettext' >&2
    exit 1
fi
before=$(git hash-object "$app"/locale/*/LC_MESSAGES/django.*)
(cd "$app" && "$admin" makemessages --all --no-wrap --no-obsolete --add-location file --verbosity 0)
for file in "$app"/locale/*/LC_MESSAGES/django.po; do
    # The day of the last run would be a change at every run.
    sed -i.old '/^"POT-Creation-Date:/d' "$file"
    rm "$file.old"
    msgfmt --check -o "${file%.po}.mo" "$file"
    if msgattrib --untranslated --no-obsolete "$file" | grep -q . ||
        msgattrib --only-fuzzy --no-obsolete "$file" | grep -q .; then
        echo "$file: these are not translated, or only by guess:" >&2
        msgattrib --untranslated --no-obsolete "$file" >&2
        msgattrib --only-fuzzy --no-obsolete "$file" >&2
        exit 1
    fi
done
if [ "${1-}" = --check ] &&
    [ "$before" != "$(git hash-object "$app"/locale/*/LC_MESSAGES/django.*)" ]; then
    echo 'the translations did not match the source; they do now: look at them, and commit' >&2
    git diff --stat -- "$app"/locale >&2
    exit 1
fi
