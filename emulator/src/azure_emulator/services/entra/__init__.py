# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft Entra ID: the directory, sign-in and access tokens."""
