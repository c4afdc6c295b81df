#!/bin/sh
# The main job on 10,000 made-up users, in a fresh temporary folder. Needs nothing but the built
# command: `make democli` builds it and runs this.
set -eu
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
folder=$(mktemp -d "${TMPDIR:-/tmp}/tenantry-demo.XXXXXX")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM

cp tests/data/users_b_10k.csv "$folder/users.csv"
PATH=$(cd "$target/release" && pwd):$PATH
cd "$folder"

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi

step() {
    printf '\n%s%s%s\n' "$bold" "$1" "$plain"
}

# Types a command and runs it.
run() {
    printf '\n$ %s\n' "$*"
    "$@"
}

# Types a command that is meant to be refused, and runs it.
refused() {
    printf '\n$ %s\n' "$*"
    "$@" 2>&1 || printf '(exit code %s)\n' "$?"
}

step '1. The users of an application in which everyone stands alone: 10,000 of them.'
printf '\n$ head -n 4 users.csv\n'
head -n 4 users.csv

step '2. Every user gets a tenant of their own. One transaction: all or nothing.'
run tenantry backfill --store tenancy.db --users users.csv

step '3. Which tenant is a request of user 11 in? Their only one.'
run tenantry resolve --store tenancy.db --user 11

step '4. User 41 has a Chinese name. Django leaves no slug of it, so it is transliterated.'
run tenantry resolve --store tenancy.db --user 41

step '5. User 5 was the second "Green Labs". The slug in the session is checked, not trusted.'
run tenantry resolve --store tenancy.db --user 5 --selected green-labs-1

step "6. User 3 tries the tenant of another, and one that does not exist: the same answer to both."
refused tenantry resolve --store tenancy.db --user 3 --selected green-labs
refused tenantry resolve --store tenancy.db --user 3 --selected no-such-tenant

step '7. Does everything hold? Verify compares the file, the rows and the users.'
run tenantry verify --store tenancy.db --users users.csv

step '8. The backfill again: everyone has a tenant, so nothing is created.'
run tenantry backfill --store tenancy.db --users users.csv

step '9. Selecting a tenant keeps it in the store, as on a phone. What is not yours is refused.'
run tenantry select --store tenancy.db --user 5 green-labs-1
run tenantry resolve --store tenancy.db --user 5
refused tenantry select --store tenancy.db --user 3 green-labs-1

step '10. Each run is in a manifest, so that it can be taken back: its tenants, and no others.'
run tenantry runs --store tenancy.db
run tenantry undo --store tenancy.db
refused tenantry resolve --store tenancy.db --user 5

printf '\nThat was all, in %s, which is gone now. Next: tenantry --help\n' "$folder"
