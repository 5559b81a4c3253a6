# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Azure clouds: where to sign in and where the services are. Pure data. Private to this collection."""

from __future__ import annotations

import typing as t


class Cloud(t.NamedTuple):
    """Endpoints of one cloud, without a trailing slash. Suffixes start with a dot."""

    name: str  # as in the option cloud_environment and in the Azure CLI
    authority: str
    resource_manager: str
    graph: str
    vault_suffix: str
    registry_suffix: str

    @property
    def arm_scope(self) -> str:
        """What an access token for Azure Resource Manager is asked for."""
        return f"{self.resource_manager}/.default"

    @property
    def graph_scope(self) -> str:
        """What an access token for Microsoft Graph is asked for."""
        return f"{self.graph}/.default"


PUBLIC = Cloud(
    "AzureCloud",
    "https://login.microsoftonline.com",
    "https://management.azure.com",
    "https://graph.microsoft.com",
    ".vault.azure.net",
    ".azurecr.io",
)
CHINA = Cloud(
    "AzureChinaCloud",
    "https://login.chinacloudapi.cn",
    "https://management.chinacloudapi.cn",
    "https://microsoftgraph.chinacloudapi.cn",
    ".vault.azure.cn",
    ".azurecr.cn",
)
US_GOVERNMENT = Cloud(
    "AzureUSGovernment",
    "https://login.microsoftonline.us",
    "https://management.usgovcloudapi.net",
    "https://graph.microsoft.us",
    ".vault.usgovcloudapi.net",
    ".azurecr.us",
)

CLOUDS = (PUBLIC, CHINA, US_GOVERNMENT)


def find_cloud(name: str) -> Cloud | None:
    """A cloud by its name (any casing) or by its Resource Manager URL. None if there is no such cloud."""
    wanted = name.strip().rstrip("/").lower()
    for cloud in CLOUDS:
        if wanted in (cloud.name.lower(), cloud.resource_manager):
            return cloud
    return None
