#!/bin/sh
# Make .venv-torch: PyTorch for the CPU in an environment of its own, as a peer for `make bench`.
#
# PyTorch's plain wheels for Linux carry CUDA (about 3 GB), so only a CPU build is taken:
# first one in a folder that pip's own settings name (PIP_FIND_LINKS or pip's configuration),
# for the newest Python it is there for; then whatever uv's CPU backend offers.
# Without it the bench still runs and leaves PyTorch's rows out, so this never fails.
set -eu
cd "$(dirname "$0")/.."
. .ci/lib/say.sh
. .ci/lib/system.sh
. .ci/lib/uv.sh

python=.venv-torch/bin/python

has_cpu_torch() {
    "$python" -c 'import numpy, torch; raise SystemExit(torch.version.cuda is not None)' 2>/dev/null
}

make_environment() {
    rm -rf .venv-torch
    UV_PYTHON_DOWNLOADS=never "$uv" venv --quiet --seed --python "$1" .venv-torch 2>/dev/null
}

# A dry run without an index says whether a local folder has a build for this Python.
install_from_local_folder() {
    for version in 3.14 3.13 3.12 3.11 3.10; do
        found=$(UV_PYTHON_DOWNLOADS=never "$uv" python find --system "$version" 2>/dev/null) || continue
        make_environment "$found" || continue
        "$python" -m pip install --quiet --dry-run --no-index --no-deps torch >/dev/null 2>&1 || continue
        "$python" -m pip install --quiet --no-index --no-deps torch >&2 || continue
        # With torch in place, asking for it again brings only what it needs.
        "$python" -m pip install --quiet torch numpy >&2 && has_cpu_torch && return
    done
    return 1
}

install_by_cpu_backend() {
    make_environment 3.13 || return 1
    UV_HTTP_TIMEOUT=20 UV_HTTP_RETRIES=0 "$uv" pip install --quiet --python "$python" \
        --torch-backend cpu torch numpy >/dev/null 2>&1 && has_cpu_torch
}

[ -x "$python" ] && has_cpu_torch && exit 0
unset VIRTUAL_ENV
uv=$(find_uv) || fetch_uv
say "Installing PyTorch for the CPU into .venv-torch"
install_from_local_folder || install_by_cpu_backend || {
    rm -rf .venv-torch
    say "No CPU build of PyTorch is to be had here; its rows are left out."
}
