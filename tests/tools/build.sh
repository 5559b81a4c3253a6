#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Builds dist/acr-tasks-<version>.tar.gz from the tracked files.
set -euo pipefail
cd "$(dirname "$0")/../.."

export=$(mktemp -d)
trap 'rm -rf "$export"' EXIT
tests/tools/export.sh "$export/acr/tasks"
.venv/bin/ansible-galaxy collection build "$export/acr/tasks" --output-path dist --force
