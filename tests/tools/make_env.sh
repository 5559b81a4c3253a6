#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes .venv: the newest Python that runs, the locked requirements, the emulator from the checkout.
set -euo pipefail
cd "$(dirname "$0")/../.."

# ansible-core 2.21 runs on 3.12 to 3.14, and 2.19, the last for 3.11, is locked for that. Version managers put shims
# on PATH that name every version and run only some: a candidate counts if it really starts and can make environments.
newest_python() {
    local version candidate
    for version in 3.14 3.13 3.12 3.11; do
        for candidate in "python$version" \
            "${PYENV_ROOT:-${HOME:-~}/.pyenv}"/versions/"$version".*/bin/python3 \
            /usr/local/bin/"python$version" /usr/bin/"python$version" /opt/python/"$version"*/bin/python3 \
            python3 python; do
            if "$candidate" - "$version" <<'PYTHON' 2>/dev/null; then
import ensurepip, ssl, sqlite3, sys, venv
print(sys.executable)
sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])
PYTHON
                return
            fi
        done
    done
    echo "acr.tasks needs a Python from 3.11 to 3.14 with venv and ensurepip (Debian: apt install python3-venv)." >&2
    return 1
}

if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(newest_python | tail -n 1)
    echo "Python: $python"
    rm -rf .venv
    "$python" -m venv .venv
fi

install() {
    # uv does in 10 seconds what takes pip 90. Where it cannot be had, or cannot reach the index that pip is set up
    # for, pip does it.
    if [ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv; then
        UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --python .venv/bin/python "$@" && return
        echo "uv could not install the packages, trying pip." >&2
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile "$@"
}

install -r requirements-dev.txt
# Without build isolation: what builds the emulator is among the requirements.
install --no-deps --no-build-isolation -e ./emulator
touch .venv/.made
