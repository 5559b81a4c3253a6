# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes `ansible_collections.acr.tasks` importable from the checkout, in this process and in ansible-playbook.

Ansible wants a folder tree that ends in ansible_collections/acr/tasks. A checkout may lie anywhere, so a tree with one
symbolic link to it is kept in .cache/collections. azure.azcollection lies in .cache/deps (`make deps`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Tests of a built tarball set this to the folder that it was installed into.
INSTALLED = os.environ.get("ACR_TASKS_COLLECTIONS")


def search_path() -> list[str]:
    """Folders for ANSIBLE_COLLECTIONS_PATH, best first."""
    return [INSTALLED or str(ROOT / ".cache/collections"), str(ROOT / ".cache/deps")]


def link_checkout() -> None:
    """Make .cache/collections/ansible_collections/acr/tasks point to the checkout; safe with parallel callers."""
    link = ROOT / ".cache/collections/ansible_collections/acr/tasks"
    target = "../../../.."
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink() and os.readlink(link) == target:
        return
    temporary = link.with_name(f".tasks.{os.getpid()}")
    temporary.symlink_to(target)
    temporary.replace(link)


def install_finder() -> None:
    """Let this process import from the collections, the way ansible itself does."""
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    os.environ["ANSIBLE_COLLECTIONS_PATH"] = os.pathsep.join(search_path())
    if not any(isinstance(finder, _AnsibleCollectionFinder) for finder in sys.meta_path):
        _AnsibleCollectionFinder(paths=search_path())._install()
