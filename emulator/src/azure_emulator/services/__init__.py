# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The services of the local Azure. A new one adds its line here, and nowhere else."""

from __future__ import annotations

from azure_emulator.service import ArmService, DataPlane
from azure_emulator.services.authorization.routes import router as authorization
from azure_emulator.services.blob.routes import PLANE as BLOB
from azure_emulator.services.dockerhub.routes import REGISTRY_PLANE as DOCKER_HUB
from azure_emulator.services.dockerhub.routes import TOKEN_PLANE as DOCKER_HUB_TOKENS
from azure_emulator.services.entra.routes import PLANE as ENTRA
from azure_emulator.services.graph.routes import PLANE as GRAPH
from azure_emulator.services.identity.routes import router as identity
from azure_emulator.services.imds.routes import PLANE as IMDS
from azure_emulator.services.keyvault.data_routes import PLANE as VAULT
from azure_emulator.services.keyvault.routes import router as keyvault
from azure_emulator.services.registry.data_routes import PLANE as REGISTRY
from azure_emulator.services.registry.routes import router as registry
from azure_emulator.services.resources.lock_routes import router as locks
from azure_emulator.services.resources.routes import router as resources
from azure_emulator.services.tasks.routes import router as tasks

ARM_SERVICES: tuple[ArmService, ...] = (
    ArmService("", resources),
    ArmService("Microsoft.Authorization", locks),
    ArmService("Microsoft.Authorization", authorization),
    ArmService("Microsoft.ManagedIdentity", identity),
    ArmService("Microsoft.KeyVault", keyvault),
    ArmService("Microsoft.ContainerRegistry", registry),
    ArmService("Microsoft.ContainerRegistry", tasks),
)

DATA_PLANES: tuple[DataPlane, ...] = (
    ENTRA,
    IMDS,
    GRAPH,
    VAULT,
    REGISTRY,
    DOCKER_HUB_TOKENS,
    DOCKER_HUB,
    BLOB,
)
