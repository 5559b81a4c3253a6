# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Azure Resource Manager ids taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)
_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/([^/]+)", re.IGNORECASE)


@dataclass(frozen=True)
class ArmId:
    """One path below Resource Manager. Spelling is kept; compare with ``.lower()``.

    For ``/subscriptions/S/resourceGroups/G/providers/N/vaults/v/accessPolicies/add``: scope is everything before the
    last ``/providers/``, types ``[vaults, accessPolicies]``, names ``[v, add]``. A trailing word without a name
    (a collection or an action) is ``tail``.
    """

    path: str
    scope: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    tail: str

    @classmethod
    def parse(cls, path: str) -> ArmId:
        path = path.rstrip("/")
        at = path.lower().rfind("/providers/")
        if at < 0:
            return cls(path, path, "", (), (), "")
        namespace, *rest = path[at + len("/providers/") :].split("/")
        tail = rest.pop() if len(rest) % 2 else ""
        return cls(path, path[:at], namespace, tuple(rest[0::2]), tuple(rest[1::2]), tail)

    @property
    def type(self) -> str:
        """E.g. ``Microsoft.KeyVault/vaults``."""
        return "/".join([self.namespace, *self.types])

    @property
    def interleaved(self) -> str:
        """E.g. ``Microsoft.ContainerRegistry/registries/myreg/tasks/t``: how error texts name nested resources."""
        pairs = [f"{kind}/{name}" for kind, name in zip(self.types, self.names, strict=True)]
        return "/".join([self.namespace, *pairs])

    @property
    def subscription_id(self) -> str:
        match = _SUBSCRIPTION.match(self.path)
        return match.group(1) if match else ""

    @property
    def resource_group(self) -> str:
        match = _GROUP.match(self.path)
        return match.group(1) if match else ""

    @property
    def resource(self) -> str:
        """The path without ``tail``: the resource that an action or a collection belongs to."""
        return self.path[: -len(self.tail) - 1] if self.tail else self.path

    @property
    def parent(self) -> ArmId | None:
        """The resource that this one is nested in, or None for a top-level one."""
        if len(self.types) + bool(self.tail) < 2:
            return None
        cut = self.path if not self.tail else self.resource
        return ArmId.parse(cut if self.tail else cut.rsplit("/", 2)[0])
