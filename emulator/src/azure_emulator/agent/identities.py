# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""As whom a run may act: the identities attached to its task."""

from __future__ import annotations

from azure_emulator.agent.run import Work
from azure_emulator.agent.taskfile import TaskFileError
from azure_emulator.services.entra.models import Directory, Principal
from azure_emulator.world import World

SYSTEM_WORDS = ("", "system", "[system]")


def find(world: World, work: Work, identity: str) -> Principal | None:
    """The principal behind ``[system]``, ``[caller]`` or a client id; None if the run does not have it."""
    directory = world.part(Directory)
    word = identity.lower()
    if word in SYSTEM_WORDS:
        object_id = work.identity.get("principalId")
    elif word == "[caller]":
        object_id = work.caller.object_id if work.caller else None
    else:
        attached = (work.identity.get("userAssignedIdentities") or {}).values()
        object_id = next((entry["principalId"] for entry in attached if entry["clientId"].lower() == word), None)
    return directory.by_object_id(object_id) if object_id else None


def is_system(identity: str) -> bool:
    return identity.lower() in SYSTEM_WORDS


def token_refused(operation: str, url: str) -> TaskFileError:
    """The engine's text when the agent's identity endpoint has no such identity."""
    return TaskFileError(
        f"{operation}: Failure sending request: StatusCode=400 -- Original Error: "
        f"azure.BearerAuthorizer#WithAuthorization: Failed to refresh the Token for request to {url}: StatusCode=400 "
        "-- Original Error: adal: Refresh request failed. Status Code = '400'. Response body: "
        '{"error":"invalid_request","error_description":"Identity not found"}'
    )
