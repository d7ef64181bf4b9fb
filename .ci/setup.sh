#!/bin/sh
# Prepare all that one kind of work needs: `.ci/setup.sh run`, `test` or `bench`.
#
# In order: system libraries, uv, a Python >= 3.12, the environment `.venv`, the locked packages.
# What is already there is left alone, so a second call only looks and takes a fraction of a second.
# Exit status 2 means that something has to be installed first; the last lines say what and how.
set -eu
cd "$(dirname "$0")/.."

tier=${1:-run}
case $tier in
run) locks="requirements.txt" ;;
test) locks="requirements-test.txt requirements.txt" ;;
bench) locks="requirements-bench.txt requirements.txt" ;;
*)
    echo "usage: .ci/setup.sh run|test|bench" >&2
    exit 2
    ;;
esac

. .ci/lib/say.sh
. .ci/lib/system.sh
. .ci/lib/uv.sh

# Print the folder that the environment's packages live in; fail if the environment is broken.
# A `.venv` whose interpreter was removed or replaced by another minor version has no such folder.
packages_folder() {
    .venv/bin/python -c '
import sys
from pathlib import Path
folder = Path(sys.prefix, "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
sys.exit(1) if sys.version_info < (3, 12) or not folder.is_dir() else print(folder)
' 2>/dev/null
}

# Tell whether the packages of every lock in $locks are installed as it stands now.
# The copies of the locks lie inside the environment, so they vanish with it.
is_ready() {
    folder=$(packages_folder) || return 1
    for lock in $locks; do
        cmp -s "$lock" "$folder/glassnet-$lock" || return 1
    done
}

# Print an interpreter uv can use. Versions the project is tested with come first, and one that
# is already on the machine before one that has to be fetched.
find_python() {
    for version in 3.13 3.12 3.14 ">=3.12"; do
        UV_PYTHON_DOWNLOADS=never "$uv" python find --system "$version" 2>/dev/null && return
    done
    say "No Python 3.12 or newer found; uv fetches one."
    "$uv" python install 3.13 >&2 && "$uv" python find --system 3.13
}

make_environment() {
    python=$(find_python) ||
        stop "Glassnet needs Python 3.12 or newer. Install it, then run this again."
    say "Making the environment .venv with $python"
    rm -rf .venv
    "$uv" venv --quiet --relocatable --python "$python" .venv
}

install_packages() {
    lock=${locks%% *}
    say "Installing the packages of $lock"
    "$uv" pip install --quiet --python .venv/bin/python --require-hashes --requirement "$lock"
    folder=$(packages_folder)
    # Each lock holds all of requirements.txt, so both are in step after one installation.
    for lock in $locks; do
        cp "$lock" "$folder/glassnet-$lock"
    done
}

require_system "$tier"
is_ready && exit 0

unset VIRTUAL_ENV
uv=$(find_uv) || fetch_uv
packages_folder >/dev/null || make_environment
install_packages
say "Ready."
