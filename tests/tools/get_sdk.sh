#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Puts one version of an Azure SDK package below .cache/sdk, beside and not into .venv: get_sdk.sh NAME==VERSION ...
# Further requirements of the same call go into the same folder, which is named after the first. Prints the folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=.cache/sdk/${1//==/-}
if [ ! -e "$folder/.made" ]; then
    # Into a folder of our own first: several test processes may come here at the same time.
    mkdir -p .cache/sdk
    fresh=$(mktemp -d "$folder.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    # Without dependencies: everything else is the version in .venv.
    if ! { [ -x .venv/bin/uv ] && UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --python .venv/bin/python \
        --no-deps --target "$fresh" "$@" >&2; }; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
            --target "$fresh" --upgrade "$@" >&2
    fi
    touch "$fresh/.made"
    if [ ! -e "$folder/.made" ]; then
        mv -T "$fresh" "$folder" 2>/dev/null || true # another process was faster
    fi
fi
echo "$PWD/$folder"
