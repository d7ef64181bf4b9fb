#!/bin/sh
# Tests of a person's whole trip, through a real X server where this system has one; the arguments are
# pytest's, files first.
set -eu
cd "$(dirname "$0")/.."
if [ "$(uname -s)" = Linux ]; then
    export QT_QPA_PLATFORM=xcb
fi
exec .venv/bin/python -m pytest "$@" -n 2 --dist worksteal -m "not slow"
