# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Errors of vault management, as the service words them (its spelling kept)."""

from __future__ import annotations

from azure_emulator.problems import Problem


def bad_request(message: str) -> Problem:
    return Problem(400, "BadRequest", message)


def not_specified(parameter: str) -> Problem:
    return bad_request(f"The parameter {parameter} is not specified.")


def invalid_value(parameter: str) -> Problem:
    return bad_request(f"An invalid value was provided for '{parameter}'.")


def invalid_policy_value(index: int, member: str, value: str) -> Problem:
    """``member``: TenantId | ObjectId."""
    return bad_request(f"Invalid value found at accessPolicies[{index}].{member}: {value}")


def cannot_modify(parameter: str) -> Problem:
    return bad_request(f'The property "{parameter}" has been set already and it can\'t be modified.')


def purge_protection_is_for_good() -> Problem:
    return bad_request(
        'The property "enablePurgeProtection" cannot be set to false. '
        "Enabling the purge protection for a vault is an irreversible action."
    )


def soft_delete_is_for_good() -> Problem:
    return bad_request(
        'The property "enableSoftDelete" can be set to false only for creating new vault. '
        "Enabling the 'soft delete' functionality is an irreversible action."
    )


def name_in_use(name: str) -> str:
    return (
        f"The vault name '{name}' is already in use. Vault names are globaly unique so it is possible that the name is "
        "already taken. If you are sure that the vault name was not taken then it is possible that a vault with the "
        "same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a "
        "recoverable state then the vault will need to be purged before reusing the name. For more information on "
        "soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740."
    )


def name_not_valid(name: str) -> str:
    return (
        f"The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name "
        "must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link "
        "for more information: https://go.microsoft.com/fwlink/?linkid=2147742"
    )


def vault_already_exists(name: str) -> Problem:
    return Problem(409, "VaultAlreadyExists", name_in_use(name))


def in_deleted_state() -> Problem:
    return Problem(
        409,
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge existing key "
        "vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
    )


def nothing_to_recover() -> Problem:
    return Problem(
        400,
        "SoftDeletedVaultDoesNotExist",
        "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being "
        "attempted to recover is in a recoverable state. For more information on soft delete please follow this link "
        "https://go.microsoft.com/fwlink/?linkid=2149745",
    )


def deleted_vault_not_found(name: str) -> Problem:
    return Problem(404, "DeletedVaultNotFound", f"The specified deleted vault '{name}' does not exist.")


def purge_not_allowed(name: str, location: str, code: str) -> Problem:
    """``code``: BadRequest | Conflict."""
    status = {"BadRequest": 400, "Conflict": 409}[code]
    message = f'Operation "DeletedVaultPurge" is not allowed on this vault. Vault: {name};location={location}'
    return Problem(status, code, message)
