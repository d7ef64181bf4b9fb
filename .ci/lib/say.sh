# Sourced. Progress goes to standard error, so that a command's own output stays clean.

say() {
    printf 'glassnet: %s\n' "$*" >&2
}

stop() {
    say "$@"
    exit 2
}
