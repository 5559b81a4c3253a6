# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What nobody outside knows about Key Vault, as switches. Numbers: keyvault-wire, section 13."""

from __future__ import annotations

from azure_emulator.switches import declare


def _open_point(number: int | str, name: str, default: object, alternatives: tuple, question: str) -> None:
    declare(name, default, alternatives, f"keyvault-wire 13 #{number}: {question}")


_open_point(1, "ap_answer", "list", ("list", "entry"), "accessPolicies answers with the whole list, or the entry")
_open_point(2, "ap_create_status", 200, (200, 201), "status when accessPolicies made a new entry")
_open_point(3, "ap_remove", "subtract", ("subtract", "whole"), "remove of a subset leaves the rest, or takes the entry")
_open_point(4, "ap_drop_empty", True, (True, False), "an entry without any permission left disappears")
_open_point(5, "ap_remove_missing", "ignore", ("ignore", "reject"), "remove of an unknown principal, or of nothing")
_open_point(6, "ap_remove_case_sensitive", True, (True, False), "remove takes only words in the stored casing")
_open_point(7, "ap_add_casefold", True, (True, False), "add of a word that is there in other casing adds nothing")
_open_point(8, "ap_all_remove", "ignore", ("ignore", "expand"), "remove of a word from 'all'")
_open_point(9, "ap_on_rbac", "store", ("store", "reject"), "accessPolicies on a vault in RBAC mode")
_open_point(10, "validate_object_id", True, (True, False), "objectId is looked up in the directory")
_open_point(11, "ap_replace_missing_kind", "empty", ("empty", "keep"), "kinds that a replace leaves out")
_open_point(12, "patch_policy_limit", 1024, (1024, 16), "most access policies that a PATCH may send")
_open_point(13, "require_policies_rbac", False, (False, True), "RBAC create without accessPolicies is refused")
_open_point(14, "rbac_echo_default", True, (True, False), "a defaulted enableRbacAuthorization is printed")
_open_point(15, "put_resets_acls", True, (True, False), "PUT without networkAcls (or publicNetworkAccess) resets it")
_open_point(17, "purge_protected_code", "BadRequest", ("BadRequest", "Conflict"), "purge of a protected vault")
_open_point(18, "policy_delay_s", 0, (), "seconds until an access policy, or its removal, has effect")
_open_point(
    20, "kv_inner_code", "split", ("split", "AccessDenied", "ForbiddenByPolicy"), "inner code of a missing permission"
)
_open_point(
    21,
    "challenge_host",
    "login.microsoftonline.com",
    ("login.microsoftonline.com", "login.windows.net"),
    "sign-in host in the 401 of a vault (public cloud)",
)
_open_point(25, "read_lag", 0, (), "how many reads of a vault still show it as it was before a write")
_open_point(26, "kv_default_action", "Allow", ("Allow", "Deny"), "firewall of a vault made without networkAcls")
_open_point(27, "ap_dup", "reject", ("reject", "merge"), "the same principal twice in one list of access policies")

declare(
    "missing_secret_versions",
    "empty",
    ("empty", "not_found"),
    "versions of a secret that does not exist: nothing, as the remark in azure-powershell#14823 reads, or an error",
)
declare("vault_dns_delay_s", 0, (), "keyvault-wire 0.1 #12: seconds until the name of a new vault resolves (real: 30)")
declare("vault_purge_polls", 1, (), "keyvault-wire 1.8: polls of a purge that answer NotStarted (real: 5 to 20 s)")
declare("secret_deletion_s", 0, (), "keyvault-wire 3.3: seconds during which a secret 'is currently being deleted'")
declare(
    "client_address",
    "203.0.113.10",
    (),
    "keyvault-wire 1.7: the public address that requests seem to come from, for network rules",
)
