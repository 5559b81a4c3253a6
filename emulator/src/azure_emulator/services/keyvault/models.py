# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""State of Key Vault beside the ARM bodies of live vaults, which lie in ``world.resources``."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from azure_emulator import lifecycle
from azure_emulator.clouds import CLOUDS, Cloud
from azure_emulator.services.keyvault import switches as _declared  # noqa: F401  (declares them)
from azure_emulator.services.keyvault.secret_store import SecretStore
from azure_emulator.switches import Switches

if TYPE_CHECKING:
    from azure_emulator.world import World

VAULT_TYPE = "Microsoft.KeyVault/vaults"
DELETED_VAULT_TYPE = "Microsoft.KeyVault/deletedVaults"
DEFAULT_RETENTION_DAYS = 90


@dataclass
class VaultRecord:
    """What a vault has that its ARM body does not show. It survives a soft delete."""

    name: str  # the creator's casing
    cloud: Cloud
    dns_ready: datetime
    secrets: SecretStore
    rbac_hidden: bool = False  # RBAC mode by default of the api-version, and answers do not say so
    policies: list[tuple[datetime, list[dict]]] = field(default_factory=list)  # what held from when on
    before_write: dict | None = None  # what lagging reads still show
    lagging_reads: int = 0

    @property
    def host(self) -> str:
        return self.name.lower() + self.cloud.vault_suffix

    @property
    def uri(self) -> str:
        return f"https://{self.host}/"


@dataclass
class DeletedVault:
    """A soft-deleted vault: its ARM body as it was, and when it will be gone."""

    body: dict
    record: VaultRecord
    deleted: datetime
    purge_at: datetime

    @property
    def subscription(self) -> str:
        return "/".join(self.body["id"].split("/")[:3])

    @property
    def protected(self) -> bool:
        return self.body["properties"].get("enablePurgeProtection") is True

    def printed(self) -> dict:
        """As ARM shows it."""
        location = self.body["location"]
        properties = {
            "vaultId": self.body["id"],
            "location": location,
            "tags": self.body["tags"],
            "deletionDate": whole_seconds(self.deleted),
            "scheduledPurgeDate": whole_seconds(self.purge_at),
        }
        if self.protected:
            properties["purgeProtectionEnabled"] = True
        name = self.body["name"]
        return {
            "id": f"{self.subscription}/providers/Microsoft.KeyVault/locations/{location}/deletedVaults/{name}",
            "name": name,
            "type": DELETED_VAULT_TYPE,
            "properties": properties,
        }


@dataclass
class Purge:
    """A running purge, as its operation shows it."""

    created: datetime
    polls: int = 0


class Vaults:
    """All vaults of the tenant. Names are global and compare case-insensitively."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._records: dict[str, VaultRecord] = {}
        self._deleted: dict[str, DeletedVault] = {}
        self.purges: dict[str, Purge] = {}

    # -- live vaults ---------------------------------------------------------------------------------------------

    def add(self, body: dict, cloud: Cloud) -> VaultRecord:
        """Takes a new vault in; ``body`` goes to ``world.resources``."""
        now = self._world.clock.now()
        delay = timedelta(seconds=self._world.part(Switches)["vault_dns_delay_s"])
        record = VaultRecord(body["name"], cloud, now + delay, SecretStore(self._world))
        return self._settle(body, record)

    def _settle(self, body: dict, record: VaultRecord) -> VaultRecord:
        self._records[body["name"].lower()] = record
        self._world.resources.put(body)
        self.note_policies(body)
        return record

    def record(self, name: str) -> VaultRecord | None:
        return self._records.get(name.lower())

    def body(self, name: str) -> dict | None:
        """The ARM body of the live vault of this name, wherever it is."""
        wanted = name.lower()
        vaults = self._world.resources.of_type(VAULT_TYPE)
        return next((body for body in vaults if body["name"].lower() == wanted), None)

    def by_host(self, host: str) -> tuple[VaultRecord, dict] | None:
        """The vault that answers at this host name, if the name resolves now."""
        record = self._records.get(host.split(".", 1)[0].lower())
        if record is None or record.host != host.lower() or record.dns_ready > self._world.clock.now():
            return None
        body = self.body(record.name)
        return (record, body) if body else None

    def note_policies(self, body: dict) -> None:
        """Remembers what the access policies are from now on."""
        record = self._records[body["name"].lower()]
        record.policies.append((self._world.clock.now(), copy.deepcopy(body["properties"]["accessPolicies"])))

    def effective_policies(self, record: VaultRecord) -> list[dict]:
        """The access policies as the data plane knows them now: ``policy_delay_s`` behind the vault."""
        delay = timedelta(seconds=self._world.part(Switches)["policy_delay_s"])
        moment = self._world.clock.now() - delay
        return next((policies for since, policies in reversed(record.policies) if since <= moment), [])

    # -- soft-deleted vaults -------------------------------------------------------------------------------------

    def bury(self, body: dict) -> None:
        """A live vault leaves ``world.resources``: it can be recovered until its retention ends."""
        record = self._records.pop(body["name"].lower(), None)
        if record is None:
            return
        now = self._world.clock.now()
        days = body["properties"].get("softDeleteRetentionInDays", DEFAULT_RETENTION_DAYS)
        record.before_write, record.lagging_reads = None, 0
        self._deleted[record.name.lower()] = DeletedVault(body, record, now, now + timedelta(days=days))

    def deleted(self) -> Iterator[DeletedVault]:
        now = self._world.clock.now()
        self._deleted = {name: gone for name, gone in self._deleted.items() if gone.purge_at > now}
        return iter(list(self._deleted.values()))

    def find_deleted(self, name: str) -> DeletedVault | None:
        return next((gone for gone in self.deleted() if gone.record.name.lower() == name.lower()), None)

    def recover(self, gone: DeletedVault) -> VaultRecord:
        """Back to life with everything it had."""
        del self._deleted[gone.record.name.lower()]
        delay = timedelta(seconds=self._world.part(Switches)["vault_dns_delay_s"])
        gone.record.dns_ready = self._world.clock.now() + delay
        return self._settle(gone.body, gone.record)

    def forget(self, gone: DeletedVault) -> None:
        """Purged: nothing is left."""
        del self._deleted[gone.record.name.lower()]

    def snapshot(self) -> dict:
        """Names and metadata only: values of secrets are never shown."""
        return {
            "vaults": {record.host: record.secrets.snapshot() for record in self._records.values()},
            "deleted": [gone.printed() for gone in self.deleted()],
        }


def whole_seconds(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def vault_hosts() -> tuple[str, ...]:
    """Host patterns of the data plane, one per cloud."""
    return tuple(f"*{cloud.vault_suffix}" for cloud in CLOUDS)


def _bury(world: World, body: dict) -> None:
    world.part(Vaults).bury(body)


lifecycle.when_removed(VAULT_TYPE, _bury)
