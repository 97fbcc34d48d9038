#!/bin/sh
# The virtual environment behind the Makefile: made when missing, filled when a requirements file changed.
# Usage: environment.sh REQUIREMENTS...   A .venv that is a symbolic link belongs to somebody else and is used as it is.
set -eu
[ -L .venv ] && exit 0

stamp=".venv/.installed-$(echo "$*" | cksum | cut -d' ' -f1)"
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && cat "$@" | cmp -s - "$stamp"; then exit 0; fi

# Prints how many microseconds a bit of work takes, and where this Python is.
TRY='
import sys, time
if sys.version_info < (3, 11): sys.exit(1)
import ensurepip, venv
def work():
    begun = time.process_time()
    sorted(str(number) for number in range(100_000))
    return time.process_time() - begun
print(int(min(work() for _ in range(5)) * 1e6), sys.executable)
'

if ! .venv/bin/python -c '' 2>/dev/null; then
    # Builds of Python differ by a quarter in speed, and nothing they say of themselves tells which was optimised: of those
    # that will do, the quickest is taken. PYTHON names one instead.
    python=$(for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/local/bin/python3 /usr/bin/python3}; do
        "$name" -c "$TRY" 2>/dev/null || true
    done | sort -n | sed -n '1s/^[0-9]* //p')
    if [ -z "$python" ]; then
        echo 'PeopleSync needs Python 3.11 or newer that can make virtual environments, and found none. On Debian or Ubuntu:' >&2
        echo 'apt-get install -y python3 python3-venv' >&2
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
