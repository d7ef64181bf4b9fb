#!/bin/sh
# Build the wheel and the source distribution into dist/, with the tools that .ci/build.txt locks.
set -eu
cd "$(dirname "$0")/.."
. .ci/lib/say.sh
. .ci/lib/uv.sh
uv=$(find_uv) || fetch_uv

rm -rf dist
"$uv" build --quiet --build-constraints .ci/build.txt --require-hashes --out-dir dist .
ls dist
