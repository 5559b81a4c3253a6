#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Writes requirements-dev.txt: exact versions for every Python from 3.11 on.
set -euo pipefail
cd "$(dirname "$0")/../.."

locked=$(mktemp)
trap 'rm -f "$locked"' EXIT
UV_SYSTEM_CERTS=1 .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate "$@" \
    --output-file "$locked" requirements-dev.in
{
    echo '# Made by "make lock" from requirements-dev.in: do not edit.'
    cat "$locked"
} > requirements-dev.txt
