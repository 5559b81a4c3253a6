# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module keyvault_policy as a Resource, by an access policy or by roles. Private to this collection.

The two ways are `AccessPolicies` (_access_policies.py) and `Roles` (_roles.py). What is common is here: finding vault
and principal, which way to take, fresh principals.
"""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.acr.tasks.plugins.module_utils import _keyvault_policy as keyvault_policy
from ansible_collections.acr.tasks.plugins.module_utils._access_policies import AccessPolicies
from ansible_collections.acr.tasks.plugins.module_utils._clients import Clients
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption, ParentMissing
from ansible_collections.acr.tasks.plugins.module_utils._ids import VAULT, ArmId, locate, same
from ansible_collections.acr.tasks.plugins.module_utils._principal import Named, Principal, check_guid, read_principal
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import AlreadySo, Body, Outcome, Resource

if t.TYPE_CHECKING:
    from ansible_collections.acr.tasks.plugins.module_utils._module import AzureModule

_FRESH_PAUSES = (2.0, 4.0, 8.0, 10.0)  # seconds between tries with a principal that is not known yet; the last repeats


@dataclass(frozen=True)
class Access:
    """What a read found. ``vault``, ``principal``: None if not known. ``held``: what the way reads, see there."""

    vault: dict[str, t.Any] | None
    principal: Principal | None
    held: t.Any


class Way(t.Protocol):
    """One of the two ways to give rights. What is ``held`` is its own affair; anything false means no rights."""

    name: str
    vault: dict[str, t.Any] | None  # as it was last read

    def read(self, principal: Principal) -> t.Any:
        """What the principal holds. Comes before everything but `target` and `to_result`."""

    def comparable(self, held: t.Any) -> t.Any: ...

    def target(self, held: t.Any) -> t.Any:
        """What it should hold, given what it holds."""

    def write(self, held: t.Any) -> tuple[t.Any, bool]:
        """Makes it so. Gives what is held then, and whether anything was changed."""

    def verify(self, written: t.Any) -> t.Any:
        """What is held now, looked at again where the answer to the write does not prove it."""

    def to_result(self, held: t.Any) -> tuple[dict[str, list[str]], list[dict[str, t.Any]]]:
        """The four permission options, and the result's role assignments."""


class KeyVaultAccess(Resource):
    """What one principal may do in one vault."""

    key = "policy"
    conflict_codes = ("ConflictError",)

    def __init__(
        self,
        params: t.Mapping[str, t.Any],
        clients: Clients,
        subscription: t.Callable[[], str],
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises InvalidOption for everything that is wrong before a request is made."""
        super().__init__()
        check_options(params)
        self._params = params
        self._clients = clients
        self._sleep = sleep
        self._vault: ArmId = locate("vault_name", params["vault_name"], VAULT, params["resource_group"], subscription)
        near = {**params, "resource_group": params["resource_group"] or self._vault.group}
        self._named: Named = read_principal(near, subscription)
        self._principal: Principal | None = None
        self._way: Way = self._take("rbac" if params["authorization"] == "rbac" else "access_policy")
        self.role_assignments: list[dict[str, t.Any]] = []  # result key, filled by to_result

    @property
    def title(self) -> str:
        return f"{self._vault}: {self._named.title}"

    def read(self) -> Body | None:
        vault = self._read_vault()
        if vault is None:
            return None
        self._take_what_fits(vault)
        if self._principal is None:
            try:
                self._principal = self._named.find(self._clients)
            except ParentMissing as missing:
                if not self._is_removal:
                    raise
                self._warn(
                    f"The {missing.kind} {missing.missing} does not exist, so there is nothing to take away from it."
                    " Rights of a principal that once had this name may be left: give its object_id to remove them."
                )
                return None
        held = self._way.read(self._principal)
        return Access(vault, self._principal, held) if held else None

    def comparable(self, body: Access) -> t.Any:
        return self._way.comparable(body.held)

    def wanted(self, body: Access | None) -> t.Any:
        target = self._way.target(body.held if body else None)
        return self._way.comparable(target) if target else None

    def write(self, body: Access | None, before: t.Any, after: t.Any) -> Body | None:
        held, sent = self._patiently(lambda: self._way.write(body.held if body else None))
        done = Access(self._way.vault, self._principal, held)
        if not sent:
            raise AlreadySo(done)
        return done

    def verify(self, written: Body | None, after: t.Any) -> Body | None:
        held = self._way.verify(written.held if written else None)
        return Access(self._way.vault, self._principal, held) if held else None

    def predicted(self, body: Access | None, after: t.Any) -> Body | None:
        target = self._way.target(body.held if body else None)
        return Access(self._way.vault, self._principal, target) if target else None

    def to_result(self, body: Access) -> dict[str, t.Any]:
        vault, principal = body.vault or {}, body.principal
        words, self.role_assignments = self._way.to_result(body.held)
        return {
            "id": vault.get("id"),
            "resource_group": self._vault.group,
            "vault_name": vault.get("name") or self._vault.name,
            "authorization": self._way.name if vault else self._params["authorization"],
            "tenant_id": (vault.get("properties") or {}).get("tenantId"),
            "object_id": principal.object_id if principal else None,
            "application_id": self._params["application_id"] or None,
            **words,
        }

    def principal(self) -> dict[str, t.Any] | None:
        """The result's principal. That of ``self`` is known even without a vault; it needs no request."""
        if self._principal is None and self._params["self"]:
            self._principal = self._named.find(self._clients)
        if self._principal is None:
            return None
        return {"object_id": self._principal.object_id, "tenant_id": self._principal.tenant_id}

    @property
    def _is_removal(self) -> bool:
        return self._params["state"] == "absent"

    def _take(self, name: str, vault: dict[str, t.Any] | None = None) -> Way:
        if name == "rbac":
            from ansible_collections.acr.tasks.plugins.module_utils._roles import Roles

            return Roles(self._params, self._vault, vault, self._named.title, self._clients, self._warn)
        return AccessPolicies(self._params, self._vault, vault, self._named.title, self._clients, self._sleep)

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _read_vault(self) -> dict[str, t.Any] | None:
        """The vault's body. None if it does not exist and nothing is wanted in it."""
        try:
            return self._clients.keyvault.get_vault(self._vault)
        except AzureError as error:
            if not error.is_missing or error.has_code("SubscriptionNotFound"):
                raise
            if self._is_removal:
                return None
            if not self._clients.keyvault.is_deleted(self._vault):
                raise ParentMissing("key vault", str(self._vault), error) from None
            name = self._vault.name
            missing = ParentMissing("key vault", f"{self._vault} (deleted, but not purged)", error)
            missing.hint = (
                f"Either recover it (az keyvault recover --name {name}), or purge it (az keyvault purge --name {name})"
                " and create it anew."
            )
            raise missing from None

    def _take_what_fits(self, vault: dict[str, t.Any]) -> None:
        """Chooses the way by the vault's mode. Raises AzureError where what is asked for would have no effect."""
        properties = vault.get("properties") or {}
        mode = "rbac" if properties.get("enableRbacAuthorization") is True else "access_policy"
        asked = self._params["authorization"]
        if asked != "auto" and asked != mode and not self._is_removal:
            raise AzureError(*_REFUSALS[mode](self._vault.name), hint=_WAYS_OUT[mode](self._vault.name))
        self._way = self._take(mode if asked == "auto" else asked, vault)
        if self._way.name == "rbac" and self._params["application_id"]:
            raise InvalidOption("application_id cannot be used with role assignments: a role has no such condition.")
        tenant = self._params["tenant_id"]
        if tenant and not same(tenant, properties.get("tenantId")):
            raise InvalidOption(
                f"tenant_id is {tenant}, but the key vault {self._vault.name} belongs to the directory"
                f" {properties.get('tenantId')}, and so do all its policies. Leave tenant_id out."
            )

    def _patiently(self, write: t.Callable[[], t.Any]) -> t.Any:
        """Writes; while Azure does not know a fresh principal yet, again. Nothing was done then, so this is safe."""
        left = float(self._params["fresh_principal_wait"])
        pauses = iter(_FRESH_PAUSES)
        while True:
            try:
                return write()
            except AzureError as error:
                if not is_unknown_principal(error):
                    raise
                pause = min(next(pauses, _FRESH_PAUSES[-1]), left)
                if pause <= 0:
                    error.hint = (
                        f"Azure does not know {self._named.title}. If it was made a moment ago, raise"
                        f" fresh_principal_wait ({self._params['fresh_principal_wait']} s now); otherwise check its"
                        " object id (for a managed identity: principalId, not clientId)."
                    )
                    raise
            left -= pause
            self._sleep(pause)


def perform(azure: AzureModule) -> Outcome:
    """The work of the module keyvault_policy."""
    clients = Clients(lambda: azure.session, azure.warn)
    resource = KeyVaultAccess(azure.params, clients, azure.subscription)
    outcome = azure.reconcile(resource)
    outcome.extra["role_assignments"] = resource.role_assignments
    outcome.extra["principal"] = resource.principal()
    return outcome


def check_options(params: t.Mapping[str, t.Any]) -> None:
    """Raises InvalidOption for what Azure would refuse anyway, and for what would do nothing."""
    for kind in keyvault_policy.KINDS:
        words = params[kind]
        if words and (unknown := keyvault_policy.unknown_words(kind, words)):
            raise InvalidOption(
                f"{kind} has no permission {' and '.join(repr(word) for word in unknown)}."
                f" Known are {', '.join(sorted(keyvault_policy.PERMISSIONS[kind], key=str.lower))}."
            )
    if params["state"] == "present" and all(params[kind] is None for kind in keyvault_policy.KINDS):
        raise InvalidOption(f"At least one of {', '.join(keyvault_policy.KINDS)} must say what is permitted.")
    check_guid("application_id", params["application_id"], " It is the application (client) id.")
    check_guid("tenant_id", params["tenant_id"])
    if params["application_id"] and params["authorization"] == "rbac":
        raise InvalidOption("application_id cannot be used with authorization=rbac: a role has no such condition.")
    if params["fresh_principal_wait"] < 0:
        raise InvalidOption("fresh_principal_wait must not be negative.")


def is_unknown_principal(error: AzureError) -> bool:
    """Does Azure say that the principal is not in the directory (yet)?

    In access policies the sentence is the only sign; an older one does not say which part of the entry is wrong, but
    all others were checked before.
    """
    if error.status != 400:
        return False
    message = error.message.lower()
    return error.has_code("PrincipalNotFound") or (
        ("invalid value found at accesspolicies[" in message and ".objectid" in message)
        or "an invalid value was provided for 'accesspolicies'" in message
    )


_REFUSALS: dict[str, t.Callable[[str], tuple[str, str]]] = {
    "rbac": lambda name: (
        f"The key vault {name} is in RBAC mode, where an access policy has no effect.",
        "VaultUsesRoles",
    ),
    "access_policy": lambda name: (
        f"The key vault {name} uses access policies, where a role has no effect on what is in it.",
        "VaultUsesAccessPolicies",
    ),
}
_WAYS_OUT: dict[str, t.Callable[[str], str]] = {
    "rbac": lambda name: (
        "Set authorization to rbac or auto to assign the role that fits, or switch the vault to access policies"
        f" (az keyvault update --name {name} --enable-rbac-authorization false)."
    ),
    "access_policy": lambda name: (
        "Set authorization to access_policy or auto, or switch the vault to roles"
        f" (az keyvault update --name {name} --enable-rbac-authorization true)."
    ),
}
