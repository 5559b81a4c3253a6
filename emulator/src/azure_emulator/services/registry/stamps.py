# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""How the registry service writes moments and who changed what."""

from __future__ import annotations

from datetime import datetime

from azure_emulator.exchange import Caller


def fraction(moment: datetime, zone: str) -> str:
    """A .NET round-trip string: up to seven decimals, trailing zeros dropped. ``zone``: ``+00:00`` or ``Z``."""
    decimals = f"{moment.microsecond:06d}".rstrip("0")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + decimals if decimals else ''}{zone}"


def whole_seconds(moment: datetime) -> str:
    """What a run's ``lastUpdatedTime`` looks like."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}+00:00"


def modified(caller: Caller | None, moment: datetime) -> dict:
    """The part of systemData that every write renews."""
    assert caller is not None  # Resource Manager lets nobody through without a token
    return {
        "lastModifiedBy": caller.name or caller.application_id,
        "lastModifiedByType": caller.kind,
        "lastModifiedAt": fraction(moment, "+00:00"),
    }


def system_data(existing: dict | None, caller: Caller | None, moment: datetime) -> dict:
    """systemData after a write; the created* trio stays what it was."""
    assert caller is not None
    created = existing or {
        "createdBy": caller.name or caller.application_id,
        "createdByType": caller.kind,
        "createdAt": fraction(moment, "+00:00"),
    }
    return {**created, **modified(caller, moment)}
