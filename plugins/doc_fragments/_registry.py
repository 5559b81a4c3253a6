# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: this fragment may change at any time. Do not use it outside acr.tasks.

from __future__ import annotations


class ModuleDocFragment:
    """Where a registry is. Keep in step with REGISTRY_SPEC in _module.py."""

    DOCUMENTATION = r"""
options:
  resource_group:
    description:
      - The resource group of the registry.
      - Required unless the registry or the task is given by full resource id.
      - C(--resource-group) of C(az acr task).
    type: str
  registry_name:
    description:
      - The container registry, by name or by full resource id.
        An id may point to another resource group or subscription.
      - Required unless the task is given by full resource id.
      - C(--registry) of C(az acr task).
    type: str
    aliases:
      - registry
  api_version:
    description:
      - The version of the registry tasks API to use.
      - By default it is V(2025-03-01-preview). If the cloud does not know that one, V(2019-06-01-preview) is used,
        with a warning. The older one cannot handle the identity for the source registry.
    type: str
requirements:
  - azure-mgmt-containerregistry >= 10.3.0, < 15, or azure-mgmt-containerregistrytasks
"""
