# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""A local Azure for rehearsing Azure Container Registry tasks."""

__version__ = "0.1.0"
