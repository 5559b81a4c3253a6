# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Requests that Resource Manager answers itself."""

from __future__ import annotations

from azure_emulator.routing import Handler, Router
from azure_emulator.services.resources import groups, inventory, provider_handlers, subscriptions

# Resource Manager knows many more; these are what current clients send, and the ones around them.
VERSIONS = (
    "2015-01-01", "2015-11-01", "2016-02-01", "2016-06-01", "2016-09-01", "2017-05-10", "2018-02-01", "2018-05-01",
    "2018-06-01", "2019-03-01", "2019-05-01", "2019-05-10", "2019-06-01", "2019-07-01", "2019-08-01", "2019-10-01",
    "2019-11-01", "2020-01-01", "2020-06-01", "2020-08-01", "2020-10-01", "2021-01-01", "2021-04-01", "2022-01-01",
    "2022-09-01", "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01",
)  # fmt: skip
_GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"
_WRITE_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/write"

# Routes without an action decide themselves what the caller sees: lists are filtered, not refused.
router = Router()


def _add(
    method: str,
    template: str,
    handler: Handler,
    action: str | None = None,
    schema: str | None = None,
    attributes: tuple[str, ...] = (),
) -> None:
    router.add(method, template, handler, action=action, schema=schema, versions=VERSIONS, attributes=attributes)


_add("GET", "/tenants", subscriptions.list_tenants)
_add("GET", "/subscriptions", subscriptions.list_subscriptions)
_add("GET", "/subscriptions/{subscription}", subscriptions.get_subscription)
_add(
    "GET",
    "/subscriptions/{subscription}/locations",
    subscriptions.list_locations,
    "Microsoft.Resources/subscriptions/locations/read",
)
_add("GET", "/subscriptions/{subscription}/operationresults/{token}", groups.operation_result)
_add("GET", "/subscriptions/{subscription}/resourcegroups", groups.list_groups)
_add("PUT", _GROUP, groups.put, _WRITE_GROUP, schema="resource_group", attributes=("no-resource-group",))
_add("PATCH", _GROUP, groups.patch, _WRITE_GROUP, schema="resource_group_update")
_add("GET", _GROUP, groups.get, groups.READ)
_add("HEAD", _GROUP, groups.head, groups.READ, attributes=("no-resource-group",))
_add("DELETE", _GROUP, groups.delete, "Microsoft.Resources/subscriptions/resourceGroups/delete")
_add("GET", _GROUP + "/resources", inventory.list_in_group)
_add("GET", "/subscriptions/{subscription}/resources", inventory.list_in_subscription)
_PROVIDER = "/subscriptions/{subscription}/providers/{namespace}"
_add(
    "GET",
    "/subscriptions/{subscription}/providers",
    provider_handlers.list_providers,
    "Microsoft.Resources/subscriptions/providers/read",
)
_add("GET", _PROVIDER, provider_handlers.get, "Microsoft.Resources/subscriptions/providers/read")
_add(
    "POST",
    _PROVIDER + "/register",
    provider_handlers.register,
    "Microsoft.Resources/subscriptions/providers/register/action",
)
_add(
    "POST",
    _PROVIDER + "/unregister",
    provider_handlers.unregister,
    "Microsoft.Resources/subscriptions/providers/unregister/action",
)
