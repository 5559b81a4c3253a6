# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The built-in roles of container registries. Sources as in builtin_roles.py."""

from __future__ import annotations

from azure_emulator.services.authorization.role_definitions import RoleDefinition

_REGISTRIES = "Microsoft.ContainerRegistry/registries"
_REPOSITORY_READ = (f"{_REGISTRIES}/repositories/metadata/read", f"{_REGISTRIES}/repositories/content/read")
_REPOSITORY_WRITE = (f"{_REGISTRIES}/repositories/metadata/write", f"{_REGISTRIES}/repositories/content/write")
_REPOSITORY_DELETE = (f"{_REGISTRIES}/repositories/metadata/delete", f"{_REGISTRIES}/repositories/content/delete")
_DIAGNOSTICS = tuple(
    f"{_REGISTRIES}/providers/Microsoft.Insights/{action}"
    for action in (
        "diagnosticSettings/read",
        "diagnosticSettings/write",
        "logDefinitions/read",
        "metricDefinitions/read",
    )
)
_ALERT_RULES = tuple(
    f"Microsoft.Insights/AlertRules/{action}"
    for action in (
        "Write",
        "Delete",
        "Read",
        "Activated/Action",
        "Resolved/Action",
        "Throttled/Action",
        "Incidents/Read",
    )
)

_TASK_ACTIONS = (
    "agentpools/read",
    "agentpools/write",
    "agentpools/delete",
    "agentpools/listQueueStatus/action",
    "agentpools/operationResults/status/read",
    "agentpools/operationStatuses/read",
    "tasks/read",
    "tasks/write",
    "tasks/delete",
    "tasks/listDetails/action",
    "scheduleRun/action",
    "listBuildSourceUploadUrl/action",
    "runs/read",
    "runs/write",
    "runs/listLogSasUrl/action",
    "runs/cancel/action",
    "taskruns/read",
    "taskruns/write",
    "taskruns/delete",
    "taskruns/listDetails/action",
    "taskruns/operationStatuses/read",
)

_CONFIGURATION_READ = (
    "operationStatuses/read",
    "read",
    "privateEndpointConnections/read",
    "privateEndpointConnections/operationStatuses/read",
    "listCredentials/action",
    "tokens/read",
    "tokens/operationStatuses/read",
    "scopeMaps/read",
    "scopeMaps/operationStatuses/read",
    "webhooks/read",
    "webhooks/getCallbackConfig/action",
    "webhooks/listEvents/action",
    "webhooks/operationStatuses/read",
    "replications/read",
    "replications/operationStatuses/read",
    "connectedRegistries/read",
)
_CONFIGURATION_WRITE = (
    "write",
    "delete",
    "regenerateCredential/action",
    "generateCredentials/action",
    "replications/write",
    "replications/delete",
    "privateEndpointConnectionsApproval/action",
    "privateEndpointConnections/write",
    "privateEndpointConnections/delete",
    "tokens/write",
    "tokens/delete",
    "scopeMaps/write",
    "scopeMaps/delete",
    "connectedRegistries/write",
    "connectedRegistries/delete",
    "connectedRegistries/deactivate/action",
    "webhooks/write",
    "webhooks/delete",
    "webhooks/ping/action",
)


def _of_registries(*actions: str) -> tuple[str, ...]:
    return tuple(f"{_REGISTRIES}/{action}" for action in actions)


REGISTRY_ROLES = (
    RoleDefinition(
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "AcrPull",
        "acr pull",
        actions=_of_registries("pull/read"),
    ),
    RoleDefinition(
        "8311e382-0749-4cb8-b61a-304f252e45ec",
        "AcrPush",
        "acr push",
        actions=_of_registries("pull/read", "push/write"),
    ),
    RoleDefinition(
        "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
        "AcrDelete",
        "acr delete",
        actions=_of_registries("artifacts/delete"),
    ),
    RoleDefinition(
        "6cef56e8-d556-48e5-a04f-b8e64114680f",
        "AcrImageSigner",
        "acr image signer",
        actions=_of_registries("sign/write"),
        data_actions=_of_registries("trustedCollections/write"),
    ),
    RoleDefinition(
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",
        "Container Registry Repository Reader",
        "Pulls from repositories of an ABAC registry, without listing the catalog.",
        data_actions=_REPOSITORY_READ,
    ),
    RoleDefinition(
        "2a1e307c-b015-4ebd-883e-5b7698a07328",
        "Container Registry Repository Writer",
        "Pulls from and pushes to repositories of an ABAC registry, without listing the catalog.",
        data_actions=(*_REPOSITORY_READ, *_REPOSITORY_WRITE),
    ),
    RoleDefinition(
        "2efddaa5-3f1f-4df3-97df-af3f13818f4c",
        "Container Registry Repository Contributor",
        "Pulls, pushes and deletes in repositories of an ABAC registry, without listing the catalog.",
        data_actions=(*_REPOSITORY_READ, *_REPOSITORY_WRITE, *_REPOSITORY_DELETE),
    ),
    RoleDefinition(
        "bfdb9389-c9a5-478a-bb2f-ba9ca092c3c7",
        "Container Registry Repository Catalog Lister",
        "Lists the repositories of a registry.",
        data_actions=_of_registries("catalog/read"),
    ),
    RoleDefinition(
        "fb382eab-e894-4461-af04-94435c366c3f",
        "Container Registry Tasks Contributor",
        "Manages tasks, runs, logs, quick runs and agent pools of registries.",
        actions=(
            *_of_registries(*_TASK_ACTIONS),
            "Microsoft.Resources/deployments/*",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            *_of_registries("read"),
        ),
    ),
    RoleDefinition(
        "577a9874-89fd-4f24-9dbd-b5034d0ad23a",
        "Container Registry Data Importer and Data Reader",
        "Imports images into a registry, lists and pulls.",
        actions=_of_registries("importImage/action", "read", "pull/read"),
        data_actions=_of_registries("repositories/content/read", "repositories/metadata/read", "catalog/read"),
    ),
    RoleDefinition(
        "69b07be0-09bf-439a-b9a6-e73de851bd59",
        "Container Registry Configuration Reader and Data Access Configuration Reader",
        "Reads registries, their settings, tokens and admin credentials.",
        actions=(*_of_registries(*_CONFIGURATION_READ), *_DIAGNOSTICS, *_ALERT_RULES),
    ),
    RoleDefinition(
        "3bc748fc-213d-45c1-8d91-9da5725539b9",
        "Container Registry Contributor and Data Access Configuration Administrator",
        "Manages registries, their settings, tokens and admin credentials; neither images nor tasks.",
        actions=(
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            *_of_registries(*_CONFIGURATION_READ),
            *_of_registries(*_CONFIGURATION_WRITE),
            *_DIAGNOSTICS,
            *_ALERT_RULES,
            "Microsoft.Resources/deployments/*",
            "Microsoft.Authorization/*/read",
            "Microsoft.ContainerRegistry/locations/operationResults/read",
            "Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action",
            "Microsoft.Network/virtualNetworks/subnets/read",
            "Microsoft.Network/virtualNetworks/subnets/write",
            "Microsoft.Network/virtualNetworks/read",
            "Microsoft.Network/privateEndpoints/privateLinkServiceProxies/write",
        ),
    ),
)
