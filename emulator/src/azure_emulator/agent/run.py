# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""One run: what it has to do, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from azure_emulator.agent.contexts import NO_CONTEXT, Context
from azure_emulator.exchange import Caller

ENDED = ("Succeeded", "Failed", "Canceled", "Error", "Timeout")
# The log blob's end mark for each of them.
COMPLETE_MARKS = {
    "Succeeded": "successful",
    "Failed": "failed",
    "Canceled": "canceled",
    "Error": "internalerror",
    "Timeout": "timedout",
}


@dataclass(frozen=True)
class Work:
    """What the run has to do, as it was when the run was started. Holds secrets; never printed.

    ``step``, ``credentials``, ``identity``: in their ARM shapes, overrides applied. ``timeout``: seconds.
    ``task_name``: empty for a quick run.
    """

    registry_id: str
    login_server: str
    step: dict = field(repr=False)
    credentials: dict = field(repr=False)
    identity: dict
    platform: dict
    timeout: int
    source: Context = NO_CONTEXT
    task_name: str = ""
    caller: Caller | None = None  # whom ``[caller]`` means in a quick run


@dataclass
class Run:
    """``status``: Queued, Started, Running, then one of ENDED."""

    run_id: str
    work: Work
    log_host: str
    log_path: str
    created: datetime
    system_data: dict
    updated: datetime
    status: str = "Queued"
    started: datetime | None = None
    finished: datetime | None = None
    archive: bool = False
    agent_cpu: int = 2
    update_token: str = ""
    output_images: list[dict] = field(default_factory=list)
    error_message: str = ""
    cancel_requested: bool = False

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def custom_registries(self) -> list[str]:
        return list(self.work.credentials.get("customRegistries") or {})

    @property
    def source_login_mode(self) -> str:
        """None, Default, or empty where the task does not say."""
        return (self.work.credentials.get("sourceRegistry") or {}).get("loginMode", "")
