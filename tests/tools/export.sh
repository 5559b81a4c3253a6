#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Copies the collection's files, without the emulator and the demo, to the folder given.
#
# What is copied is what git knows or would add: never .venv or .cache. A symbolic link to a folder, as the emulator
# has one, would fail ansible-test.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p "$1"
git ls-files -z --cached --others --exclude-standard -- . ':!emulator' ':!demo' |
    while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
    tar --create --null --files-from=- --file=- | tar --extract --directory="$1" --file=-
