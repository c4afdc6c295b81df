#!/bin/sh
# Uses the jar as its users do: installs it, and builds and runs examples/kotlin in a folder elsewhere.
set -eu
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mvn -q -B -ntp -f bindings/kotlin install -DskipTests -Dktlint.skip
cp -R examples/kotlin "$folder/app"
cp tests/fixtures/snapshots/ann.*.json "$folder"
cd "$folder"
user=$(sed -n 's/.*"user_key":"\([^"]*\)".*/\1/p' ann.before.json)

mvn -q -B -ntp -f app compile dependency:build-classpath -Dmdep.outputFile="$folder/class-path"
switcher() {
    java -cp "app/target/classes:$(cat class-path)" SwitcherKt tenancy.db "$user" "$@"
}
# Each is a process of its own: what was selected in one is there in the next.
printf 'globex\nhooli\n' | switcher ann.before.json >shown
switcher ann.after.json </dev/null >>shown
printf -- '-\nacme\n' | switcher >>shown

cat >expected <<'END'
acme: Acme, owner
dong-jing-zhi-she: 東京支社, member
globex: Globex Corp, admin
> choose a workspace
> in Globex Corp (admin)
! the tenant "hooli" is not available to this user; choose one of the user's own tenants
acme-inc: Acme, owner
dong-jing-zhi-she: 東京支社, member
> the workspace that you were in is not available any more
acme-inc: Acme, owner
dong-jing-zhi-she: 東京支社, member
> the workspace that you were in is not available any more
> choose a workspace
> in Acme (owner)
END
diff expected shown
# Trouble has words, and no trace of the stack.
if switcher nothere.json </dev/null 2>trouble; then exit 1; fi
[ "$(cat trouble)" = 'the snapshot cannot be read: nothere.json (No such file or directory)' ]
echo 'the jar works from elsewhere'
