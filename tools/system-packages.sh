#!/bin/sh
# Installs, where it may, programs that pip cannot bring, and says what is left out where it may not.
# Standard input has one program a line: its name, or the path of any file, its Debian package, and what needs it.
# It may where it runs as root on a machine with apt-get. It always succeeds: what needs the program skips with its
# reason, or fails where leaving it out is not allowed.
set -u

there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

absent() {
    printf '%s\n' "$programs" | while read -r program package needed_by; do
        [ -n "$program" ] || continue
        there "$program" || printf '%s %s %s\n' "$program" "$package" "$needed_by"
    done
}

programs=$(cat)
wanted=$(absent)
[ -n "$wanted" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    why="this is not root"
elif ! command -v apt-get >/dev/null 2>&1; then
    why="there is no apt-get"
else
    why="apt-get did not bring it"
    packages=$(printf '%s\n' "$wanted" | cut -d' ' -f2 | sort -u)
    printf 'installing with apt:' && printf ' %s' $packages && printf '\n'
    export DEBIAN_FRONTEND=noninteractive
    # The words are package names: splitting them is meant.
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages; } </dev/null >/dev/null
fi

absent | while read -r program package needed_by; do
    printf 'left out: %s: %s is missing (apt package %s) and %s\n' "$needed_by" "$program" "$package" "$why"
done
