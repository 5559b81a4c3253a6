# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft.KeyVault: vaults and their access policies in Resource Manager, secrets at the vaults' own hosts."""
