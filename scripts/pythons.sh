#!/bin/sh
# Prints the Pythons at hand that the tests can use, 3.11 and later: one a line, its version and its
# path, one of each version. A free-threaded one, from 3.14 on, has a t behind its version. The `python3`
# people type comes first if it is one of them.
#
# `pythons.sh first` prints the path of the first with a GIL alone, or nothing.
set -eu

candidates() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python3.14t python3.15t; do
        command -v "$name" || true
    done
    if command -v pyenv >/dev/null; then
        pyenv versions --bare 2>/dev/null | sort -r | while read -r version; do
            printf '%s/bin/python3\n' "$(pyenv prefix "$version" 2>/dev/null)"
        done
    fi
}

# A name on PATH can be a shim of pyenv for a Python that is not chosen: only running it tells.
candidates | while read -r python; do
    "$python" - 2>/dev/null <<'PYTHON' || true
import sys
import sysconfig

import ensurepip, venv  # some systems ship Python without them

is_free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
if sys.version_info >= ((3, 14) if is_free else (3, 11)) and sys.executable:
    print("%d.%d" % sys.version_info[:2] + "t" * is_free, sys.executable)
PYTHON
done | awk -v only="${1:-}" '
    only != "first" { if (!seen[$1]++) print; next }
    !done && $1 !~ /t$/ { sub(/^[^ ]* /, ""); print; done = 1 }
'
