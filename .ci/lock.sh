#!/bin/sh
# Write the requirements files from pyproject.toml: exact versions with hashes, for every platform
# and Python >= 3.12, and no address of any package registry. `.ci/lock.sh --upgrade` takes newer
# versions; without it what is locked stays unless pyproject.toml asks for more.
set -eu
cd "$(dirname "$0")/.."
. .ci/lib/say.sh
. .ci/lib/system.sh
. .ci/lib/uv.sh
uv=$(find_uv) || fetch_uv

export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
    "$uv" pip compile --quiet --universal --python-version 3.12 --generate-hashes \
        --no-annotate "$@"
}

compile "$@" pyproject.toml --output-file requirements.txt
# The other two hold the same versions and more, so that one environment serves all three.
for extra in test bench; do
    compile "$@" --constraint requirements.txt --extra "$extra" pyproject.toml \
        --output-file "requirements-$extra.txt"
done
for tool in uv build; do
    compile "$@" ".ci/$tool.in" --output-file ".ci/$tool.txt"
done
say "Locked. Look through the difference before you commit it."
