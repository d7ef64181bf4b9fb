#!/bin/sh
# Open the window, or where there is no screen run the tour without one.
#   .ci/start.sh run [FILE...]    .ci/start.sh tour DIR
set -eu
cd "$(dirname "$0")/.."
. .ci/lib/say.sh

job=${1:-run}
[ $# -eq 0 ] || shift
.ci/setup.sh run

if .venv/bin/python glassnet/screen.py; then
    [ "$job" = run ] || set -- tour "${1:-build/tour}"
    exec .venv/bin/python main.py "$@"
fi

folder=build/tour
[ "$job" = run ] || folder=${1:-$folder}
say "There is no screen here, so the tour runs without one; its pictures go to $folder."
mkdir -p "$(dirname "$folder")"
QT_QPA_PLATFORM=offscreen exec .venv/bin/python main.py tour "$folder"
