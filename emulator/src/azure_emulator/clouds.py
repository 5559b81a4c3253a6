# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The names that tell one Azure cloud from another. One emulator answers for all of them with one state."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cloud:
    """Host names and token audiences of one cloud. Suffixes start with a dot."""

    name: str  # as azure.azcollection's cloud_environment and `az cloud list` spell it
    login_hosts: tuple[str, ...]  # the first is the one printed in answers
    arm_host: str
    arm_audiences: tuple[str, ...]  # without trailing slash
    graph_host: str
    vault_suffix: str
    registry_suffix: str
    blob_suffix: str

    @property
    def login_host(self) -> str:
        return self.login_hosts[0]

    @property
    def vault_audience(self) -> str:
        return "https://" + self.vault_suffix[1:]


PUBLIC = Cloud(
    name="AzureCloud",
    login_hosts=("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    arm_host="management.azure.com",
    arm_audiences=("https://management.azure.com", "https://management.core.windows.net"),
    graph_host="graph.microsoft.com",
    vault_suffix=".vault.azure.net",
    registry_suffix=".azurecr.io",
    blob_suffix=".blob.core.windows.net",
)
CHINA = Cloud(
    name="AzureChinaCloud",
    login_hosts=("login.chinacloudapi.cn", "login.partner.microsoftonline.cn"),
    arm_host="management.chinacloudapi.cn",
    arm_audiences=("https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn"),
    graph_host="microsoftgraph.chinacloudapi.cn",
    vault_suffix=".vault.azure.cn",
    registry_suffix=".azurecr.cn",
    blob_suffix=".blob.core.chinacloudapi.cn",
)
US_GOVERNMENT = Cloud(
    name="AzureUSGovernment",
    login_hosts=("login.microsoftonline.us",),
    arm_host="management.usgovcloudapi.net",
    arm_audiences=("https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net"),
    graph_host="graph.microsoft.us",
    vault_suffix=".vault.usgovcloudapi.net",
    registry_suffix=".azurecr.us",
    blob_suffix=".blob.core.usgovcloudapi.net",
)
CLOUDS = (PUBLIC, CHINA, US_GOVERNMENT)


def cloud_of(host: str) -> Cloud:
    """The cloud that ``host`` belongs to; hosts outside all of them (docker.io) count as public."""
    for cloud in CLOUDS:
        if host in (*cloud.login_hosts, cloud.arm_host, cloud.graph_host) or host.endswith(
            (cloud.vault_suffix, cloud.registry_suffix, cloud.blob_suffix)
        ):
            return cloud
    return PUBLIC
