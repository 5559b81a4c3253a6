# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft.Authorization: built-in role definitions, role assignments, and who may do what."""
