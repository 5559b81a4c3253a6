# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Secrets as Azure Resource Manager shows them: names, tags and dates, never a value.

Templates use this. It needs rights in Resource Manager and none in the vault: who may read the vault may see which
secrets there are. The shape is that of the SDK's ``Secret`` model; the code of the 404 is a guess.
"""

from __future__ import annotations

from azure_emulator import arm_problems
from azure_emulator.arm_bodies import page
from azure_emulator.exchange import Answer, Call
from azure_emulator.services.keyvault.models import VAULT_TYPE, VaultRecord, Vaults
from azure_emulator.services.keyvault.secret_store import Secret

SECRET_TYPE = f"{VAULT_TYPE}/secrets"


def list_secrets(call: Call) -> Answer:
    record = _record(call)
    return Answer(200, page(call, [_printed(call, record, secret) for secret in record.secrets] if record else []))


def get_secret(call: Call) -> Answer:
    record = _record(call)
    secret = record.secrets.get(call.params["secret"]) if record else None
    if record is None or secret is None:
        raise arm_problems.resource_not_found(f"{_vault_id(call)}/secrets/{call.params['secret']}")
    return Answer(200, _printed(call, record, secret))


def _record(call: Call) -> VaultRecord | None:
    return call.world.part(Vaults).record(call.params["name"])


def _vault_id(call: Call) -> str:
    return (
        f"/subscriptions/{call.params['subscription']}/resourceGroups/{call.params['group']}"
        f"/providers/{VAULT_TYPE}/{call.params['name']}"
    )


def _printed(call: Call, record: VaultRecord, secret: Secret) -> dict:
    latest = secret.latest
    attributes = {"enabled": latest.enabled, "created": latest.created, "updated": latest.updated}
    if latest.not_before is not None:
        attributes["nbf"] = latest.not_before
    if latest.expires is not None:
        attributes["exp"] = latest.expires
    properties: dict = {
        "attributes": attributes,
        "secretUri": f"{record.uri}secrets/{secret.name}",
        "secretUriWithVersion": f"{record.uri}secrets/{secret.name}/{latest.id}",
    }
    if latest.content_type is not None:
        properties["contentType"] = latest.content_type
    vault = call.world.part(Vaults).body(record.name) or {}
    return {
        "id": f"{_vault_id(call)}/secrets/{secret.name}",
        "name": secret.name,
        "type": SECRET_TYPE,
        "location": vault.get("location"),
        "tags": latest.tags or {},
        "properties": properties,
    }
