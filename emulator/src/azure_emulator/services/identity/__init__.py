# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft.ManagedIdentity: user-assigned identities."""
