# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors that Azure Resource Manager words itself, for every resource provider."""

from __future__ import annotations

from azure_emulator.arm_ids import ArmId
from azure_emulator.problems import Problem

GATEWAY = {"x-ms-failure-cause": "gateway"}


def resource_not_found(resource_id: str) -> Problem:
    """The answer for a tracked resource that is not there (GET, PATCH, POST)."""
    arm_id = ArmId.parse(resource_id)
    return Problem(
        404,
        "ResourceNotFound",
        f"The Resource '{arm_id.interleaved}' under resource group '{arm_id.resource_group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        headers=GATEWAY,
    )


def parent_not_found(parent: ArmId) -> Problem:
    return Problem(
        404,
        "ParentResourceNotFound",
        "Can not perform requested operation on nested resource. "
        f"Parent resource '{'/'.join(parent.names)}' not found.",
        headers=GATEWAY,
    )


def resource_group_not_found(name: str) -> Problem:
    return Problem(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.", headers=GATEWAY)


def subscription_not_found(subscription_id: str) -> Problem:
    return Problem(
        404, "SubscriptionNotFound", f"The subscription '{subscription_id}' could not be found.", headers=GATEWAY
    )


def invalid_subscription_id(subscription_id: str) -> Problem:
    return Problem(
        400,
        "InvalidSubscriptionId",
        f"The provided subscription identifier '{subscription_id}' is malformed or invalid.",
        headers=GATEWAY,
    )


def missing_api_version() -> Problem:
    return Problem(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def invalid_api_version(version: str, supported: tuple[str, ...]) -> Problem:
    return Problem(
        400,
        "InvalidApiVersionParameter",
        f"The api-version '{version}' is invalid. The supported versions are '{','.join(supported)}'.",
    )


def no_registered_provider(resource_type: str, version: str, supported: tuple[str, ...], location: str) -> Problem:
    """An api-version that this resource type does not know. ``resource_type`` without its namespace."""
    return Problem(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location}' and API version '{version}' for type "
        f"'{resource_type}'. The supported api-versions are '{', '.join(supported)}'. "
        f"The supported locations are '{location}'.",
    )


def unknown_namespace(namespace: str) -> Problem:
    return Problem(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")


def unknown_type(namespace: str, resource_type: str, version: str) -> Problem:
    return Problem(
        404,
        "InvalidResourceType",
        f"The resource type '{resource_type}' could not be found in the namespace '{namespace}' "
        f"for api version '{version}'.",
    )


def not_registered(namespace: str) -> Problem:
    message = (
        f"The subscription is not registered to use namespace '{namespace}'. "
        "See https://aka.ms/rps-not-found for how to register subscriptions."
    )
    return Problem(
        409,
        "MissingSubscriptionRegistration",
        message,
        details=[{"code": "MissingSubscriptionRegistration", "target": namespace, "message": message}],
    )


def authorization_failed(name: str, object_id: str, action: str, scope: str) -> Problem:
    return Problem(
        403,
        "AuthorizationFailed",
        f"The client '{name}' with object id '{object_id}' does not have authorization to perform action '{action}' "
        f"over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your "
        "credentials.",
    )


def linked_authorization_failed(name: str, object_id: str, action: str, scope: str, linked: str, at: str) -> Problem:
    """The caller may write the resource but not use the other resource (``at``) that its body names."""
    return Problem(
        403,
        "LinkedAuthorizationFailed",
        f"The client '{name}' with object id '{object_id}' has permission to perform action '{action}' on scope "
        f"'{scope}'; however, it does not have permission to perform action '{linked}' on the linked scope(s) "
        f"'{at}' or the linked scope(s) are invalid.",
    )


def scope_locked(scope: str, operation: str, locked: str) -> Problem:
    """``operation``: write | delete."""
    return Problem(
        409,
        "ScopeLocked",
        f"The scope '{scope}' cannot perform {operation} operation because following scope(s) are locked: "
        f"'{locked}'. Please remove the lock and try again.",
    )
