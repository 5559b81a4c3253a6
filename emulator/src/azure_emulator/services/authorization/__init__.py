# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Microsoft.Authorization: built-in role definitions, role assignments, and who may do what."""

from __future__ import annotations

from azure_emulator.service import ArmService
from azure_emulator.services.authorization.routes import router

SERVICE = ArmService("Microsoft.Authorization", router)
