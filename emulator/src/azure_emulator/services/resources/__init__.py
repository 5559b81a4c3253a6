# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Resource Manager itself: subscriptions, providers, resource groups, generic lists, locks."""
