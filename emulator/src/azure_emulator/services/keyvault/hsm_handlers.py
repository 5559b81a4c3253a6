# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Managed HSMs: none can be made here. ``az keyvault list`` and ``list-deleted`` ask for them along with vaults."""

from __future__ import annotations

from azure_emulator.exchange import Answer, Call


def list_none(call: Call) -> Answer:
    return Answer(200, {"value": []})
