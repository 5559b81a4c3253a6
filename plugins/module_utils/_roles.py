# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rights in a vault by role assignments. Private to this collection.

What goes through here (``held``) is a list of `Held` roles; an empty one counts as nothing. See _keyvault_access.py
for the other way and for what is common.
"""

from __future__ import annotations

import typing as t

from ansible_collections.acr.tasks.plugins.module_utils import _role_assignment as role_assignment
from ansible_collections.acr.tasks.plugins.module_utils._clients import Clients
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError, InvalidOption
from ansible_collections.acr.tasks.plugins.module_utils._ids import ArmId
from ansible_collections.acr.tasks.plugins.module_utils._principal import Principal
from ansible_collections.acr.tasks.plugins.module_utils._role_assignment import Held

_NOBODY = "00000000-0000-0000-0000-000000000000"  # stands for a principal that does not exist yet


class Roles:
    """One way to give rights. `read` comes first and says which principal the rest is about.

    vault: the vault's body, None if it does not exist.
    """

    name = "rbac"

    def __init__(
        self,
        params: t.Mapping[str, t.Any],
        vault: ArmId,
        vault_body: dict[str, t.Any] | None,
        title: str,
        clients: Clients,
        warn: t.Callable[[str], None],
    ) -> None:
        self._params = params
        self._vault = vault
        self._title = title
        self._clients = clients
        self._warn = warn
        self._principal: Principal | None = None
        self.vault = vault_body

    @property
    def _scope(self) -> str:
        return self.vault["id"] if self.vault else str(self._vault)

    def read(self, principal: Principal) -> list[Held]:
        """The roles that the principal holds at the vault or above. One request, more if the list is long."""
        self._principal = principal
        assignments = self._clients.arm.list_role_assignments(self._scope, principal.object_id)
        return role_assignment.held_roles(assignments, self._scope, principal.object_id)

    def comparable(self, held: list[Held]) -> t.Any:
        return role_assignment.comparable(held)

    def target(self, held: list[Held] | None) -> list[Held]:
        """The roles as they should be, inherited ones included."""
        object_id = self._principal.object_id if self._principal else _NOBODY
        try:
            target = role_assignment.desired(self._params, held or [], self._scope, object_id)
        except role_assignment.RoleError as error:
            raise InvalidOption(f"For {self._title}, {error}") from None
        self._tell(target)
        return target

    def write(self, held: list[Held] | None) -> tuple[list[Held], bool]:
        """One request for each role to assign or remove, new ones first so that no right is lost on the way.

        Gives the roles and whether anything was changed: somebody else may have assigned the role meanwhile.
        """
        held, principal = held or [], t.cast(Principal, self._principal)
        target = self.target(held)
        done: list[str] = []
        try:
            for one in target:
                if one not in held and self._assign(one, principal):
                    done.append(f"assigned {one.role.name} at {one.scope}")
            for one in held:
                if one not in target:
                    self._clients.arm.delete_role_assignment(one.id)
                    done.append(f"removed {one.role.name} at {one.scope}")
        except AzureError as error:
            error.written = [*done, *error.written]
            raise
        return target, bool(done)

    def verify(self, written: list[Held]) -> list[Held]:
        """An assignment that was answered with success exists, and a removed one is gone."""
        return written

    def to_result(self, held: list[Held]) -> tuple[dict[str, list[str]], list[dict[str, t.Any]]]:
        """The permission options that the roles amount to, and the assignments."""
        known = self._principal is not None
        assignments = [
            {"id": one.id if known else None, "role": one.role.name, "scope": one.scope}
            for one in sorted(held, key=lambda one: (one.scope.lower(), one.role.name))
        ]
        return role_assignment.to_result(held), assignments

    def _assign(self, one: Held, principal: Principal) -> bool:
        """False if the role was there already, under a name that somebody else gave it."""
        body = role_assignment.assignment_body(self._vault.subscription, one.role, principal.object_id, principal.kind)
        try:
            self._clients.arm.put_role_assignment(one.id, body)
        except AzureError as error:
            if not error.has_code("RoleAssignmentExists"):
                raise
            return False
        return True

    def _tell(self, target: list[Held]) -> None:
        """Tells what the outcome is not, although nothing more will be done about it."""
        wanted = role_assignment.wanted_words(self._params)
        have = role_assignment.granted(target)
        if self._params["state"] == "absent":
            listed = any(self._params[kind] is not None for kind in role_assignment.KINDS)
            left = [one for one in target if not listed or any(one.role.words(kind) & wanted[kind] for kind in wanted)]
            if left:
                self._add(
                    f"{self._title} still has rights by {_names(left)}: only roles that just fit are removed, and only"
                    " at the vault itself."
                )
            return
        surplus = [
            one
            for one in target
            if not one.direct
            and self._params["mode"] == "exact"
            and any(
                one.role.words(kind) - role_assignment.granted(one for one in target if one.direct)[kind] - wanted[kind]
                for kind in wanted
                if self._params[kind] is not None
            )
        ]
        if surplus:
            self._add(
                f"{self._title} has more rights by {_names(surplus)}, which is inherited and cannot be removed at the"
                " vault."
            )
        conditional = [one for one in target if one.conditional]
        without = role_assignment.granted(one for one in target if not one.conditional)
        if conditional and any(wanted[kind] & have[kind] - without[kind] for kind in wanted):
            self._add(f"{self._title} has its rights by {_names(conditional)} only under that assignment's condition.")

    def _add(self, sentence: str) -> None:
        self._warn(sentence[0].upper() + sentence[1:])


def _names(held: t.Iterable[Held]) -> str:
    return " and ".join(f"{one.role.name} at {one.scope}" for one in held)
