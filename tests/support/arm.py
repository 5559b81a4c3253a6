# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Independent witnesses: plain HTTPS clients that share no code with the collection or with an Azure SDK."""

from __future__ import annotations

import re
import ssl
from typing import Any

import httpx

from .emulator import Emulator

ARM = "https://management.azure.com"
# Today's version of each resource type that the tests touch.
API_VERSIONS = {
    "": "2022-09-01",
    "microsoft.authorization": "2022-04-01",
    "microsoft.containerregistry": "2023-07-01",
    "microsoft.containerregistry/registries/tasks": "2025-03-01-preview",
    "microsoft.containerregistry/registries/runs": "2025-03-01-preview",
    "microsoft.containerregistry/registries/schedulerun": "2025-03-01-preview",
    "microsoft.containerregistry/registries/listbuildsourceuploadurl": "2025-03-01-preview",
    "microsoft.keyvault": "2026-02-01",
    "microsoft.managedidentity": "2024-11-30",
}


def api_version(path: str) -> str:
    """The version to use for an ARM path."""
    provider = re.search(r"/providers/([^/]+)/([^/]+)(?:/[^/]+/([^/]+))?", path.lower().split("?")[0])
    if not provider:
        return API_VERSIONS[""]
    namespace, kind, child = provider.groups()
    return API_VERSIONS.get(f"{namespace}/{kind}/{child}") or API_VERSIONS[namespace]


class Witness:
    """Signs in as the emulator's service principal (or another) and sends single requests.

    Paths of `arm` start at /subscriptions or at a resource group: "myResourceGroup/providers/…" is completed.
    """

    def __init__(self, emulator: Emulator, client_id: str | None = None, secret: str | None = None) -> None:
        settings = emulator.settings
        self.subscription_id = settings["AZURE_SUBSCRIPTION_ID"]
        self.tenant_id = settings["AZURE_TENANT"]
        self.client_id = client_id or settings["AZURE_CLIENT_ID"]
        self._secret = secret or settings["AZURE_SECRET"]
        self._tokens: dict[str, str] = {}
        self.http = httpx.Client(
            proxy=emulator.url,
            verify=ssl.create_default_context(cafile=emulator.certificate_authority),
            trust_env=False,
            timeout=30.0,
        )

    def token(self, resource: str) -> str:
        """An access token for a resource such as https://vault.azure.net; kept for further calls."""
        if resource not in self._tokens:
            answer = self.http.post(
                f"https://login.microsoftonline.com/{self.tenant_id}/oauth2/v2.0/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": self.client_id,
                    "client_secret": self._secret,
                    "scope": f"{resource}/.default",
                },
            )
            answer.raise_for_status()
            self._tokens[resource] = answer.json()["access_token"]
        return self._tokens[resource]

    # --- Azure Resource Manager

    def arm(self, method: str, path: str, body: Any = None, version: str | None = None) -> httpx.Response:
        """One request to Azure Resource Manager; the answer, whatever its status."""
        if not path.startswith("/"):
            path = f"/subscriptions/{self.subscription_id}/resourceGroups/{path}"
        separator = "&" if "?" in path else "?"
        return self.http.request(
            method,
            f"{ARM}{path}{separator}api-version={version or api_version(path)}",
            headers={"Authorization": f"Bearer {self.token(ARM)}"},
            json=body,
        )

    def get(self, path: str, version: str | None = None) -> dict[str, Any]:
        """The body of a resource; fails the test if it is not there."""
        return self._good(self.arm("GET", path, version=version))

    def put(self, path: str, body: Any, version: str | None = None) -> dict[str, Any]:
        """Make or replace a resource; its body."""
        return self._good(self.arm("PUT", path, body, version))

    def patch(self, path: str, body: Any, version: str | None = None) -> dict[str, Any]:
        """Change a resource; its body."""
        return self._good(self.arm("PATCH", path, body, version))

    def post(self, path: str, body: Any = None, version: str | None = None) -> dict[str, Any]:
        """Call an operation of a resource; its answer."""
        return self._good(self.arm("POST", path, body, version))

    def delete(self, path: str, version: str | None = None) -> None:
        """Remove a resource; also good if it is not there."""
        answer = self.arm("DELETE", path, version=version)
        assert answer.status_code in (200, 202, 204), f"{answer.request.url}: {answer.status_code} {answer.text}"

    def exists(self, path: str, version: str | None = None) -> bool:
        """Whether a resource is there."""
        answer = self.arm("GET", path, version=version)
        assert answer.status_code in (200, 404), f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.status_code == 200

    @staticmethod
    def _good(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code in (200, 201, 202), f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    # --- Key Vault secrets

    def secret(self, method: str, vault: str, name: str, body: Any = None, version: str = "7.4") -> httpx.Response:
        """One request for a secret of a vault, by the vault's name; the answer, whatever its status."""
        return self.http.request(
            method,
            f"https://{vault}.vault.azure.net/secrets/{name}?api-version={version}",
            headers={"Authorization": f"Bearer {self.token('https://vault.azure.net')}"},
            json=body,
        )

    def set_secret(self, vault: str, name: str, value: str) -> str:
        """Write a secret; its id with the version."""
        return self._good(self.secret("PUT", vault, name, {"value": value}))["id"]


def hub_tags(emulator: Emulator, repository: str, username: str, password: str) -> list[str]:
    """The tags of a Docker Hub repository as this account sees them; [] if there is no such repository."""
    with httpx.Client(
        proxy=emulator.url,
        verify=ssl.create_default_context(cafile=emulator.certificate_authority),
        trust_env=False,
        timeout=30.0,
    ) as http:
        granted = http.get(
            "https://auth.docker.io/token",
            params={"service": "registry.docker.io", "scope": f"repository:{repository}:pull"},
            auth=(username, password),
        )
        granted.raise_for_status()
        answer = http.get(
            f"https://registry-1.docker.io/v2/{repository}/tags/list",
            headers={"Authorization": f"Bearer {granted.json()['token']}"},
        )
    if answer.status_code == 404:
        return []
    answer.raise_for_status()
    return answer.json().get("tags") or []
