#!/bin/sh
# Print a Python that poseviewer runs on, or say on stderr how to get one. $PYTHON overrides the choice.
set -eu

runs() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

if [ -n "${PYTHON:-}" ]; then
    runs "$PYTHON" && { echo "$PYTHON"; exit 0; }
    echo "PYTHON=$PYTHON does not run or is not Python 3.11, 3.12 or 3.13; name another one." >&2
    exit 1
fi
for candidate in python3 python3.13 python3.12 python3.11; do
    # A version manager's stand-in may exist and yet not run, so each is tried.
    runs "$candidate" && { echo "$candidate"; exit 0; }
done
echo "poseviewer needs Python 3.11, 3.12 or 3.13, and none was found; on Debian or Ubuntu run:  sudo apt-get install python3 python3-venv" >&2
exit 1
