# Sourced by setup.sh: find uv, or fetch it into .cache/uv.

# uv trusts its own list of certificate authorities unless told to ask the system, which also knows
# those of a company's or a school's network. (Older versions call the setting UV_NATIVE_TLS.)
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
    if [ -f "$bundle" ]; then
        export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-1}"
    fi
done

# Print a uv that works. A name on PATH is not enough: a version manager's shim may lead nowhere.
find_uv() {
    for candidate in uv "${HOME:-}/.local/bin/uv" "${HOME:-}/.cargo/bin/uv" "$PWD/.cache/uv/bin/uv"; do
        if "$candidate" --version >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

# Let any Python's pip put the locked uv into .cache/uv; where pip is missing, one in a venv.
fetch_uv_by_pip() {
    export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
    for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
        "$python" -c '' 2>/dev/null || continue
        rm -rf .cache/uv
        if "$python" -m pip --version >/dev/null 2>&1; then
            "$python" -m pip install --quiet --target .cache/uv \
                --only-binary :all: --require-hashes --requirement .ci/uv.txt >&2 && return
        elif "$python" -m venv .cache/uv >/dev/null 2>&1; then
            .cache/uv/bin/python -m pip install --quiet \
                --only-binary :all: --require-hashes --requirement .ci/uv.txt >&2 && return
        fi
    done
    return 1
}

fetch_uv_by_pipx() {
    command -v pipx >/dev/null 2>&1 || return 1
    PIPX_HOME="$PWD/.cache/pipx" PIPX_BIN_DIR="$PWD/.cache/uv/bin" pipx install --quiet uv >&2
}

# Set $uv to a uv that was not on this machine before.
# shellcheck disable=SC2034  # setup.sh, lock.sh and torch.sh read it
fetch_uv() {
    say "Fetching uv, which installs Python packages, into .cache/uv"
    fetch_uv_by_pip || fetch_uv_by_pipx ||
        stop "Glassnet needs uv and could not fetch it. Install it, for example by \`pipx install uv\`, then run this again."
    uv=$(find_uv) || stop "The fetched uv does not run on this machine. Install uv, then run this again."
}
