# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What happens to secrets once the caller may: bundles and the errors about their state. keyvault-wire, section 3."""

from __future__ import annotations

from datetime import timedelta

from azure_emulator.exchange import Caller
from azure_emulator.problems import Problem
from azure_emulator.services.keyvault import access
from azure_emulator.services.keyvault.models import DEFAULT_RETENTION_DAYS, VaultRecord, Vaults
from azure_emulator.services.keyvault.secret_store import DeletedSecret, Secret, Version
from azure_emulator.switches import Switches
from azure_emulator.world import World

_HELP = "https://go.microsoft.com/fwlink/?linkid=2125182"


def read_secret(
    world: World, caller: Caller, vault_host: str, name: str, version: str | None, *, trusted: bool = True
) -> dict:
    """The bundle with its value, for whoever acts inside Azure; the data plane gives the same over HTTP.

    ``trusted``: the caller is one of the services that a vault's firewall lets through by ``bypass``. Raises Problem
    as the data plane answers; 404 with code ``VaultUnknown`` if the host name does not resolve.
    """
    found = world.part(Vaults).by_host(vault_host)
    if found is None:
        raise Problem(404, "VaultUnknown", f"The name {vault_host} cannot be resolved.")
    record, body = found
    address = None if trusted else world.part(Switches)["client_address"]
    access.require(access.Asking(world, caller, record, body, address), access.GET, name)
    return bundle(record, body, *readable(record, name, version), with_value=True)


def readable(record: VaultRecord, name: str, version: str | None) -> tuple[Secret, Version]:
    """The secret and the version, if it may be read in its present state. Expired ones may: ``exp`` only informs."""
    secret = existing(record, name)
    found = secret.version(version)
    if found is None:
        raise not_found(f"{name}/{version}")
    if not found.enabled:
        raise Problem(403, "Forbidden", "Operation get is not allowed on a disabled secret.", inner="SecretDisabled")
    return secret, found


def existing(record: VaultRecord, name: str) -> Secret:
    secret = record.secrets.get(name)
    if secret is None:
        raise not_found(name)
    return secret


def not_found(name: str) -> Problem:
    return Problem(
        404,
        "SecretNotFound",
        f"A secret with (name/id) {name} was not found in this key vault. If you recently deleted this secret you may "
        f"be able to recover it using the correct recovery command. For help resolving this issue, please see {_HELP}",
    )


def existing_deleted(record: VaultRecord, name: str) -> DeletedSecret:
    gone = record.secrets.find_deleted(name)
    if gone is None:
        raise deleted_not_found(name)
    return gone


def deleted_not_found(name: str) -> Problem:
    return Problem(404, "SecretNotFound", f"Deleted Secret not found: {name}")


def purge_not_allowed(record: VaultRecord, body: dict) -> Problem:
    return Problem(
        403,
        "Forbidden",
        'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will '
        "automatically purge it after the retention period has passed.\r\n"
        f"Vault: {record.name};location={body['location']}",
        inner="ForbiddenByPolicy",
    )


def require_name_is_free(world: World, record: VaultRecord, name: str) -> None:
    """A soft-deleted secret keeps its name; while it is being deleted nothing can be done with it."""
    require_settled(world, record, name)
    if record.secrets.find_deleted(name) is not None:
        raise Problem(
            409,
            "Conflict",
            f"Secret {name} is currently in a deleted but recoverable state, and its name cannot be reused; in this "
            "state, the secret can only be recovered or purged.",
            inner="ObjectIsDeletedButRecoverable",
        )


def require_settled(world: World, record: VaultRecord, name: str) -> None:
    gone = record.secrets.find_deleted(name)
    if gone is not None and not is_settled(world, gone):
        message = f"Secret {name} is currently being deleted."
        raise Problem(409, "Conflict", message, inner="ObjectIsBeingDeleted")


def is_settled(world: World, gone: DeletedSecret) -> bool:
    """Is its deletion over?"""
    seconds = world.part(Switches)["secret_deletion_s"]
    return world.clock.now() >= gone.deleted + timedelta(seconds=seconds)


# -- what is printed -------------------------------------------------------------------------------------------------


def bundle(record: VaultRecord, body: dict, secret: Secret, version: Version, *, with_value: bool) -> dict:
    """One version. Its id always names the version; what was never set is left out."""
    answer: dict = {"value": version.value} if with_value else {}
    if version.content_type is not None:
        answer["contentType"] = version.content_type
    answer["id"] = f"{record.uri}secrets/{secret.name}/{version.id}"
    answer["attributes"] = attributes(body, version)
    if version.tags is not None:
        answer["tags"] = version.tags
    return answer


def listed(record: VaultRecord, body: dict, secret: Secret, version: Version | None = None) -> dict:
    """An item of a list: no value; the id names the version only in a list of versions."""
    shown = version or secret.latest
    answer = bundle(record, body, secret, shown, with_value=False)
    if version is None:
        answer["id"] = f"{record.uri}secrets/{secret.name}"
    return answer


def deleted_bundle(record: VaultRecord, body: dict, gone: DeletedSecret, *, in_list: bool = False) -> dict:
    answer = listed(record, body, gone.secret) if in_list else deleted_item(record, body, gone)
    return answer | {
        "recoveryId": f"{record.uri}deletedsecrets/{gone.secret.name}",
        "deletedDate": int(gone.deleted.timestamp()),
        "scheduledPurgeDate": int(gone.purge_at.timestamp()),
    }


def deleted_item(record: VaultRecord, body: dict, gone: DeletedSecret) -> dict:
    return bundle(record, body, gone.secret, gone.secret.latest, with_value=False)


def attributes(body: dict, version: Version) -> dict:
    """Epoch seconds. ``nbf`` and ``exp`` only if they were set."""
    shown: dict = {"enabled": version.enabled}
    if version.not_before is not None:
        shown["nbf"] = version.not_before
    if version.expires is not None:
        shown["exp"] = version.expires
    shown |= {"created": version.created, "updated": version.updated}
    days = retention_days(body)
    protected = body["properties"].get("enablePurgeProtection") is True
    level = "Recoverable" if days == DEFAULT_RETENTION_DAYS else "CustomizedRecoverable"
    shown["recoveryLevel"] = level + ("" if protected else "+Purgeable")
    shown["recoverableDays"] = days
    return shown


def retention_days(body: dict) -> int:
    return body["properties"].get("softDeleteRetentionInDays", DEFAULT_RETENTION_DAYS)
