# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: this fragment may change at any time. Do not use it outside acr.tasks.

from __future__ import annotations


class ModuleDocFragment:
    """Attributes of the modules. A module states its support of each, with details if that is partial."""

    # For modules that can change something.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Predicts what would change, without changing anything in Azure.
  diff_mode:
    description: Shows what was, or in check mode would be, different before and after.
  idempotent:
    description: A second call with the same options finds nothing to change, if nobody else changed Azure in between.
"""

    # For modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Predicts what would change, without changing anything in Azure.
    details:
      - The module only reads.
  diff_mode:
    support: N/A
    description: Shows what was, or in check mode would be, different before and after.
    details:
      - The module only reads.
  idempotent:
    support: full
    description: A second call with the same options finds nothing to change, if nobody else changed Azure in between.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    support: full
    description: Use C(group/acr.tasks.azure) in C(module_defaults) to set options such as sign-in once for all modules.
    membership:
      - acr.tasks.azure
"""
