# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Tasks are tracked ARM resources, so their state is in ``world.resources``; here are their switches and their end."""

from __future__ import annotations

from azure_emulator.lifecycle import when_removed
from azure_emulator.services.registry.identity_block import forget_system_principal
from azure_emulator.switches import declare
from azure_emulator.world import World

TASK_TYPE = "Microsoft.ContainerRegistry/registries/tasks"

_TABLE = "acr-wire 13"

declare(
    "details_secrets",
    default="all",
    alternatives=("all", "no_opaque_password", "keys_only"),
    evidence=f"{_TABLE} #1: what listDetails shows of custom credentials; the API's own example shows all",
)
declare(
    "mask_style",
    default="null",
    alternatives=("null", "empty", "drop"),
    evidence=f"{_TABLE} #2: custom credentials in reads; a console transcript shows null",
)
declare(
    "secret_arg_style",
    default="omitted",
    alternatives=("omitted", "no_value"),
    evidence=f"{_TABLE} #3: secret arguments in reads; the 2018 API left the entry out",
)
declare(
    "put_drops_credentials",
    default=True,
    alternatives=(True, False),
    evidence=f"{_TABLE} #4: a PUT without credentials; a Terraform test relies on them being gone",
)
declare(
    "patch_null_removes",
    default=True,
    alternatives=(True, False),
    evidence=f"{_TABLE} #5: PATCH {{host: null}}; az relies on it",
)
declare(
    "custom_entry_merge",
    default="replace",
    alternatives=("replace", "merge"),
    evidence=f"{_TABLE} #6: PATCH of a login server that has an entry",
)
declare(
    "loginmode_clears_identity",
    default=True,
    alternatives=(True, False),
    evidence=f"{_TABLE} #8: PATCH of sourceRegistry.loginMode alone; an empty object does clear it",
)
declare("create_code", default=200, alternatives=(200, 201), evidence=f"{_TABLE} #9: every recorded create was 200")
declare("delete_absent_code", default=204, alternatives=(204, 404), evidence=f"{_TABLE} #10: ARM's rule is 204")
declare(
    "page_size",
    default=100,
    evidence=f"{_TABLE} #13: how many tasks or runs come in one page; unknown, seldom reached",
)
declare(
    "validate_identity",
    default=False,
    alternatives=(False, True),
    evidence=f"{_TABLE} #14: is a credential's identity checked against the task's when it is written",
)
declare(
    "host_key_case",
    default="kept",
    alternatives=("kept", "lower"),
    evidence=f"{_TABLE} #17: spelling of login servers in customRegistries",
)
declare(
    "list_merge",
    default="replace",
    alternatives=("replace", "by_name"),
    evidence=f"{_TABLE} #18: PATCH of arguments and values",
)
declare(
    "step_type_change",
    default="replace",
    alternatives=("replace", "reject"),
    evidence=f"{_TABLE} #19: PATCH with another step type",
)
declare("tags_patch", default="replace", alternatives=("replace", "merge"), evidence=f"{_TABLE} #20: ARM's practice")
declare(
    "bad_cron_code",
    default="InvalidInputValue",
    alternatives=("InvalidInputValue", "InvalidCronExpression"),
    evidence=f"{_TABLE} #22: the code for a schedule that is no cron expression",
)
declare(
    "put_null_host",
    default="reject",
    alternatives=("reject", "ignore"),
    evidence=f"{_TABLE} #23: PUT of a masked read",
)
declare(
    "count_writes",
    default=True,
    alternatives=(True, False),
    evidence=f"{_TABLE} #25: is listDetails booked as a write; its answers carry the writes' rate-limit headers",
)
declare(
    "put_keeps_creation_date",
    default=True,
    alternatives=(True, False),
    evidence="acr-wire 2.4: properties.creationDate after a PUT of an existing task",
)


def _gone(world: World, body: dict) -> None:
    forget_system_principal(world, body.get("identity"))


when_removed(TASK_TYPE, _gone)
