#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Installs azure-cli in an environment of its own below .cache, and prints the path of az.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=2.91.0
environment=.cache/azure-cli-$version

if [ ! -e "$environment/.made" ]; then
    rm -rf "$environment"
    .venv/bin/python -m venv "$environment"
    UV_SYSTEM_CERTS=1 .venv/bin/uv pip install --quiet --python "$environment/bin/python" "azure-cli==$version" >&2 ||
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile \
            "azure-cli==$version" >&2
    touch "$environment/.made"
fi
echo "$PWD/$environment/bin/az"
