#!/usr/bin/env bash
# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Puts azure.azcollection into .cache/deps and links the checkout into .cache/collections.
#
# Ansible Galaxy may be out of reach, the Python package index is not: the package "ansible" carries the collection.
# The wheel is only unpacked, so any Python can fetch it.
set -euo pipefail
cd "$(dirname "$0")/../.."

ansible=14.5.0 # carries azure.azcollection 3.21.0

if [ ! -e .cache/deps/ansible_collections/azure/azcollection/MANIFEST.json ]; then
    mkdir -p .cache/deps
    download=$(mktemp -d .cache/download.XXXXXX)
    trap 'rm -rf "$download"' EXIT
    .venv/bin/python -m pip download --quiet --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
        --python-version 3.13 --dest "$download" "ansible==$ansible"
    .venv/bin/python - "$download" <<'PYTHON'
import pathlib
import sys
import zipfile

folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    names = [name for name in wheel.namelist() if name.startswith("ansible_collections/azure/azcollection/")]
    wheel.extractall(folder / "tree", names)
PYTHON
    rm -rf .cache/deps/ansible_collections/azure
    mkdir -p .cache/deps/ansible_collections
    mv "$download/tree/ansible_collections/azure" .cache/deps/ansible_collections/azure
fi

mkdir -p .cache/collections/ansible_collections/acr
ln -sfn ../../../.. .cache/collections/ansible_collections/acr/tasks
touch .cache/deps/.made
