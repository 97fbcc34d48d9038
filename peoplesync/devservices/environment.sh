#!/bin/sh
# The virtual environment behind the Makefile: made when missing, filled when a requirements file changed.
# Usage: environment.sh REQUIREMENTS...   A .venv that is a symbolic link belongs to somebody else and is used as it is.
set -eu
[ -L .venv ] && exit 0

stamp=".venv/.installed-$(echo "$*" | cksum | cut -d' ' -f1)"
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && cat "$@" | cmp -s - "$stamp"; then exit 0; fi

if ! .venv/bin/python -c '' 2>/dev/null; then
    python=''
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$name; break; fi
    done
    if [ -z "$python" ]; then
        echo 'PeopleSync needs Python 3.11 or newer and found none. On Debian or Ubuntu: apt-get install -y python3 python3-venv' >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "$python cannot make virtual environments here. On Debian or Ubuntu: apt-get install -y python3-venv" >&2
        exit 1
    fi
    echo "Making .venv with $("$python" --version)."
    "$python" -m venv --clear .venv
fi

echo 'Installing the pinned requirements; this takes a minute or two and is done again only when they change.'
set -- "$@"
files=''
for file in "$@"; do files="$files -r $file"; done
# shellcheck disable=SC2086  # the list is meant to split
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes $files
cat "$@" > "$stamp"
