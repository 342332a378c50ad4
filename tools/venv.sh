#!/bin/sh
# Fills .venv in the tree: `tools/venv.sh` with what the programs need, `tools/venv.sh dev` with what the checks need too.
# Needs Python 3.11 or newer with its venv module, and an index that pip can reach. PYTHON names another interpreter.
set -eu
cd "$(dirname "$0")/.."

stop() {
    printf 'thinline: %s\n' "$@" >&2
    exit 1
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    found=
    for python in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
        if new_enough "$python"; then
            found=$python
            break
        fi
    done
    [ -n "$found" ] || stop "needs Python 3.11 or newer; ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>/dev/null || echo not there)" \
        "install it (Debian, Ubuntu: apt install python3 python3-venv), or name one: make PYTHON=/path/to/python3.11"
    "$found" -c 'import ensurepip, venv' 2>/dev/null || stop "$found has no venv module, so .venv cannot be made" \
        "install it (Debian, Ubuntu: apt install python3-venv) and run the same make again"
    "$found" -m venv --clear .venv
fi
new_enough .venv/bin/python || stop "the Python in .venv is older than 3.11; remove .venv and run the same make again"

pip() {
    .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check "$@"
}

# Dependency groups came with pip 25.1; a new .venv holds the pip that came with Python.
.venv/bin/python -c 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (25, 1))' ||
    pip install --upgrade 'pip>=25.1'
pip install --editable . ${1:+--group "$1"}
