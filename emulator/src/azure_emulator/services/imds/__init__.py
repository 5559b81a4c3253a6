# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The identity endpoint of a machine (169.254.169.254)."""
