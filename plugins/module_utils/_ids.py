# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resource ids: reading, making, comparing. Pure. Private to this collection.

A thing is named by its name or by its full id; a full id may lead to another resource group or subscription. Azure
compares ids without regard to case and echoes the caller's spelling, so compare with `same`, never with `==`.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

REGISTRY = "Microsoft.ContainerRegistry/registries"
TASK = "Microsoft.ContainerRegistry/registries/tasks"
RUN = "Microsoft.ContainerRegistry/registries/runs"
VAULT = "Microsoft.KeyVault/vaults"
IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"

# Names as Azure wants them, with the sentence for who got it wrong.
NAME_RULES = {
    REGISTRY: (r"[a-zA-Z0-9]{5,50}", "5 to 50 letters or digits"),
    TASK: (r"[a-zA-Z0-9_-]{5,50}", "5 to 50 letters, digits, hyphens or underscores"),
    VAULT: (r"[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]", "3 to 24 letters, digits or hyphens, starting with a letter"),
    IDENTITY: (r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}", "3 to 128 letters, digits, hyphens or underscores"),
}
_GROUP = re.compile(r"[-\w.()]{1,90}")
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


class ArmId(t.NamedTuple):
    """A parsed resource id. kind: "Provider/type/subtype". names: one per type of kind, outermost first."""

    subscription: str
    group: str
    kind: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The thing's own name, the last of `names`."""
        return self.names[-1]

    @property
    def parent(self) -> ArmId:
        """The id one level up: a task's registry."""
        return self._replace(kind=self.kind.rpartition("/")[0], names=self.names[:-1])

    def child(self, kind: str, name: str) -> ArmId:
        """The id one level down."""
        return self._replace(kind=kind, names=(*self.names, name))

    def __str__(self) -> str:
        provider, *types = self.kind.split("/")
        pairs = "".join(f"/{kind}/{name}" for kind, name in zip(types, self.names, strict=True))
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/{provider}{pairs}"


def parse_id(text: str) -> ArmId | None:
    """A full resource id in a resource group, in any casing. None if `text` is none."""
    parts = text.strip().strip("/").split("/")
    if len(parts) < 8 or len(parts) % 2:
        return None
    if [parts[0].lower(), parts[2].lower(), parts[4].lower()] != ["subscriptions", "resourcegroups", "providers"]:
        return None
    if not all(parts):
        return None
    return ArmId(parts[1], parts[3], "/".join((parts[5], *parts[6::2])), tuple(parts[7::2]))


def is_id(text: str) -> bool:
    """Whether `text` means to be a full resource id."""
    return text.strip().startswith("/")


def same(one: str | None, other: str | None) -> bool:
    """Whether two ids, names or GUIDs are the same for Azure."""
    return (one or "").strip().rstrip("/").lower() == (other or "").strip().rstrip("/").lower()


def is_guid(text: str) -> bool:
    return bool(_GUID.fullmatch(text.strip()))


def read_id(option: str, text: str, kind: str) -> ArmId:
    """The id that `option` gives in full. Raises InvalidOption if it is malformed or of another kind."""
    found = parse_id(text)
    if found is None or not same(found.kind, kind):
        provider, *types = kind.split("/")
        pattern = f"/subscriptions/.../resourceGroups/.../providers/{provider}" + "".join(
            f"/{part}/..." for part in types
        )
        raise InvalidOption(
            f"{option} is not a full resource id of the kind {kind}: {text!r}. It must look like {pattern}"
        )
    check_name(option, found.name, kind)
    return found._replace(kind=kind)


def check_name(option: str, name: str, kind: str) -> str:
    """Hands `name` back if Azure would take it. Raises InvalidOption with the rule if not."""
    pattern, rule = NAME_RULES[kind]
    if not re.fullmatch(pattern, name):
        raise InvalidOption(f"{option} is not a valid name: {name!r}. It must be {rule}.")
    return name


def locate(
    option: str,
    value: str,
    kind: str,
    resource_group: str | None,
    subscription: t.Callable[[], str],
) -> ArmId:
    """The id of a top-level resource given by name or in full.

    resource_group: the option of that name. subscription: called only if `value` is a name.
    """
    if is_id(value):
        return read_id(option, value, kind)
    check_name(option, value, kind)
    if not resource_group:
        raise InvalidOption(f"resource_group is needed, because {option} is a name and not a full resource id.")
    if not _GROUP.fullmatch(resource_group) or resource_group.endswith("."):
        raise InvalidOption(f"resource_group is not a valid name: {resource_group!r}.")
    return ArmId(subscription(), resource_group, kind, (value,))


def locate_registry(params: t.Mapping[str, t.Any], subscription: t.Callable[[], str]) -> ArmId:
    """The registry of the options registry_name and resource_group."""
    if not params.get("registry_name"):
        raise InvalidOption("registry_name is needed: a name (with resource_group) or a full resource id.")
    return locate("registry_name", params["registry_name"], REGISTRY, params.get("resource_group"), subscription)


def locate_task(params: t.Mapping[str, t.Any], option: str, subscription: t.Callable[[], str]) -> ArmId:
    """The task that `option` (`name` or `task`) names in the registry of registry_name, or gives in full."""
    value = params[option]
    if is_id(value):
        return read_id(option, value, TASK)
    check_name(option, value, TASK)
    return locate_registry(params, subscription).child(TASK, value)
