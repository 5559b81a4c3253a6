# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The environment that leads every Azure client to the emulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Each of these would redirect sign-in, bypass the proxy, or weaken the checks. The identity endpoints of App Service,
# Cloud Shell, Arc and pods are on the loopback address, which no proxy sees: they would give tokens of the real cloud.
UNSET = (
    "SSL_CERT_DIR",
    "ALL_PROXY",
    "all_proxy",
    "AZURE_PROFILE",
    "AZURE_CLOUD_ENVIRONMENT",
    "AZURE_CERT_VALIDATION_MODE",
    "ANSIBLE_AZURE_AUTH_SOURCE",
    "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION",
    "AZURE_FEDERATED_TOKEN",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_ADFS_AUTHORITY_URL",
    "AZURE_AUTHORITY_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
)


def block(port: int, ca: Path, azure_config: Path, seeds: dict[str, Any]) -> dict[str, Any]:
    """``{"set": {name: value}, "unset": [name]}``. Clients sign in as the first application of the seeds."""
    proxy = f"http://127.0.0.1:{port}"
    local = "127.0.0.1,localhost"
    values = {
        # Both spellings: in urllib the lower-case one wins. http too, so that the identity endpoint of a real machine
        # is never asked. The exceptions are set, never inherited: NO_PROXY=.azure.com would lead to the real cloud.
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), local),
        # Only our own authority: a client that dodges the proxy cannot complete TLS with a real host.
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"), str(ca)),
        "AZURE_CONFIG_DIR": str(azure_config),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
    }
    application = (seeds.get("applications") or [{}])[0]
    if application:
        values |= {
            # azure.azcollection's names, then those of azure-identity.
            "AZURE_CLIENT_ID": application["client_id"],
            "AZURE_SECRET": application["secret"],
            "AZURE_TENANT": seeds["tenant"],
            "AZURE_SUBSCRIPTION_ID": seeds["subscription"]["id"],
            "AZURE_CLIENT_SECRET": application["secret"],
            "AZURE_TENANT_ID": seeds["tenant"],
        }
    return {"set": values, "unset": list(UNSET)}
