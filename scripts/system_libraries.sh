#!/bin/sh
# Install what the window needs from the system: by apt-get where that is allowed, else print the one command.
# Usage: system_libraries.sh run|test PYTHON
set -eu

[ "$(uname -s)" = Linux ] || exit 0
purpose=$1
python=$2
PATH=$PATH:/usr/sbin:/sbin
known=$(ldconfig -p 2>/dev/null || true)
missing=""

library() { case "$known" in *"$1 "*) ;; *) missing="$missing $2" ;; esac; }
program() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

library libEGL.so.1 libegl1
library libGL.so.1 libgl1
library libglib-2.0.so.0 libglib2.0-0
library libfontconfig.so.1 libfontconfig1
library libdbus-1.so.3 libdbus-1-3
library libxkbcommon-x11.so.0 libxkbcommon-x11-0
library libxcb-cursor.so.0 libxcb-cursor0
library libxcb-icccm.so.4 libxcb-icccm4
library libxcb-keysyms.so.1 libxcb-keysyms1
library libxcb-shape.so.0 libxcb-shape0
if [ "$purpose" = test ]; then
    program Xvfb xvfb
    program xvfb-run xvfb
    program xauth xauth
fi
# Debian ships each Python's venv apart from it; python3.12 takes python3.12-venv.
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing="$missing $(basename "$python" | sed "s,^python$,python3,")-venv"

[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "These system packages (by their Debian names) are missing; install them and run this again: $missing" >&2
    exit 1
fi
install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo"
else
    echo "System packages are missing; run this one command and then the same make again:" >&2
    echo "    sudo $install" >&2
    exit 1
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# The package lists of a fresh machine are empty or old: refresh them only when the first try fails.
$as_root $install >/dev/null 2>&1 || { $as_root apt-get update && $as_root $install; } || {
    echo "apt-get could not install them; run this one command and then the same make again:" >&2
    echo "    sudo apt-get update && sudo $install" >&2
    exit 1
}
