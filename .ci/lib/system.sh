# Sourced by setup.sh: what the Python packages need from the system, on Linux.
#
# PySide6 and OpenCV bring nearly everything along. The rest is a handful of shared libraries that
# every desktop has and a bare server or container lacks. Qt names only the first one it misses.
#
# GLASSNET_LDCONFIG  the command that lists the libraries (default: ldconfig's usual place)
# GLASSNET_APT       "never" forbids installing; the command is printed instead

# soname:package (Debian's and Ubuntu's). Where a package was renamed with the suffix t64, the old
# name still works with apt-get.
OFFSCREEN_LIBRARIES="
libGL.so.1:libgl1
libEGL.so.1:libegl1
libglib-2.0.so.0:libglib2.0-0
libgthread-2.0.so.0:libglib2.0-0
libfontconfig.so.1:libfontconfig1
libfreetype.so.6:libfreetype6
libdbus-1.so.3:libdbus-1-3
libxkbcommon.so.0:libxkbcommon0
libX11.so.6:libx11-6
libxcb.so.1:libxcb1
libatomic.so.1:libatomic1
"
WINDOW_LIBRARIES="
libxcb-cursor.so.0:libxcb-cursor0
libxcb-icccm.so.4:libxcb-icccm4
libxcb-keysyms.so.1:libxcb-keysyms1
libxcb-image.so.0:libxcb-image0
libxcb-render-util.so.0:libxcb-render-util0
libxcb-randr.so.0:libxcb-randr0
libxcb-render.so.0:libxcb-render0
libxcb-shape.so.0:libxcb-shape0
libxcb-shm.so.0:libxcb-shm0
libxcb-sync.so.1:libxcb-sync1
libxcb-xfixes.so.0:libxcb-xfixes0
libxcb-xkb.so.1:libxcb-xkb1
libxkbcommon-x11.so.0:libxkbcommon-x11-0
libX11-xcb.so.1:libx11-xcb1
"
# program:package, for tests and benches that open real windows on a virtual screen.
VIRTUAL_SCREEN_PROGRAMS="
Xvfb:xvfb
xdotool:xdotool
"

list_libraries() {
    if [ -n "${GLASSNET_LDCONFIG:-}" ]; then
        "$GLASSNET_LDCONFIG" -p
    elif [ -x /sbin/ldconfig ]; then
        # Not on an ordinary user's PATH on Debian, but anyone may ask it.
        /sbin/ldconfig -p
    fi
}

# Print the packages of "$@" (soname:package ...) whose library is not there.
packages_of_missing_libraries() {
    libraries=$(list_libraries)
    # A system without ldconfig keeps its libraries elsewhere: say nothing wrong about it.
    [ -n "$libraries" ] || return 0
    for pair in "$@"; do
        case $libraries in
        *"${pair%%:*} "*) ;;
        *) echo "${pair#*:}" ;;
        esac
    done
}

packages_of_missing_programs() {
    for pair in "$@"; do
        command -v "${pair%%:*}" >/dev/null 2>&1 || echo "${pair#*:}"
    done
}

# Print what a Turkish system is made of, if it is not there: tests open the window in one.
package_of_missing_locale() {
    [ -e /usr/share/i18n/locales/tr_TR ] || echo locales
}

# Print a font package if there is no font at all: Qt would draw empty boxes.
package_of_missing_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.local/share/fonts" "${HOME:-/}/.fonts"; do
        [ -d "$folder" ] || continue
        found=$(find -L "$folder" \( -name '*.ttf' -o -name '*.otf' -o -name '*.ttc' \) -print 2>/dev/null | head -n 1)
        [ -z "$found" ] || return 0
    done
    echo fonts-dejavu-core
}

# Print what lets uv be fetched, if nothing here can: on Debian a bare Python has neither pip nor
# venv. Asked together with the libraries, so that a person has one command to run, not two.
package_of_missing_installer() {
    [ ! -x .venv/bin/python ] && ! find_uv >/dev/null || return 0
    python3 -m pip --version >/dev/null 2>&1 || python3 -c 'import ensurepip' 2>/dev/null ||
        command -v pipx >/dev/null 2>&1 || echo python3-venv
}

# Print the missing packages for one tier, each once, on one line.
missing_packages() {
    {
        package_of_missing_installer
        # shellcheck disable=SC2086  # the lists are meant to be split
        packages_of_missing_libraries $OFFSCREEN_LIBRARIES
        package_of_missing_font
        if [ "$1" != run ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
            # shellcheck disable=SC2086
            packages_of_missing_libraries $WINDOW_LIBRARIES
        fi
        if [ "$1" != run ]; then
            # shellcheck disable=SC2086
            packages_of_missing_programs $VIRTUAL_SCREEN_PROGRAMS
            package_of_missing_locale
        fi
    } | sort -u | tr '\n' ' '
}

# Set $as_root to what makes a command run as root; fail if that needs a password or is forbidden.
may_install() {
    [ "${GLASSNET_APT:-}" != never ] && command -v apt-get >/dev/null 2>&1 || return 1
    as_root=
    [ "$(id -u)" -eq 0 ] && return 0
    as_root="sudo -n"
    $as_root true 2>/dev/null
}

apt_install() {
    say "Installing with apt-get: $*"
    # One broken source fails the update as a whole; the lists of the others still serve.
    $as_root apt-get update -qq >&2 || true
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -o Dpkg::Use-Pty=0 -y --no-install-recommends "$@" </dev/null >&2
}

# Make sure that the system has what the tier needs, or stop with the one command to run.
require_system() {
    [ "$(uname -s)" = Linux ] || return 0
    missing=$(missing_packages "$1")
    [ -n "$missing" ] || return 0
    # shellcheck disable=SC2086
    if may_install && apt_install $missing; then
        return 0
    fi
    missing=${missing% }
    say "Missing from this system: $missing"
    if command -v apt-get >/dev/null 2>&1; then
        stop "Install them, then run this again:  sudo apt-get install $missing"
    fi
    stop "Those are Debian's names. Install your system's packages of the same libraries, then run this again."
}
