#!/bin/sh
# The tests of a person's whole trip, through a real X server where this system has one.
set -eu
cd "$(dirname "$0")/.."
if [ "$(uname -s)" = Linux ]; then
    export QT_QPA_PLATFORM=xcb
fi
exec .venv/bin/python -m pytest tests/e2e -n 2 --dist worksteal -m "not slow" "$@"
