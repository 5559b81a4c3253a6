# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes the JSON schemas of request bodies from the models of the Azure SDK packages.

    python emulator/tools/generate_schemas.py [--check]

Two packages are needed in two versions each, so run it once per environment; sources whose package is not installed
in the named version are left alone (and listed):

    azure-mgmt-containerregistry==10.3.0 azure-mgmt-containerregistrytasks==1.0.0b1 azure-mgmt-keyvault==14.0.1
    azure-mgmt-authorization==4.0.0 azure-mgmt-resource==23.2.0 azure-mgmt-msi==7.1.0 azure-keyvault-secrets==4.12.0

    azure-mgmt-containerregistry==15.1.0b3

A schema says which properties exist and of which type they are. Whether a property is required, and which words it
takes, is the handlers' business: they answer with the service's own text. Properties that are read-only in the
model are unknown in a request, unless ``_SENT_BACK`` says that a client really sends them.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from sdk_models import describe

SCHEMAS = Path(__file__).parent.parent / "src" / "azure_emulator" / "schemas"
_HEADER = "Generated from {package} {version}, model {model}, by tools/generate_schemas.py."


@dataclass(frozen=True)
class Source:
    """One schema file: ``schemas/<name>/<api_version>.json``."""

    name: str
    api_version: str
    package: str
    package_version: str
    models: str
    model: str


_REGISTRY = ("azure-mgmt-containerregistry", "10.3.0", "azure.mgmt.containerregistry.{}.models")
_NEW_REGISTRY = ("azure-mgmt-containerregistry", "15.1.0b3", "azure.mgmt.containerregistry.models")
_TASKS = ("azure-mgmt-containerregistrytasks", "1.0.0b1", "azure.mgmt.containerregistrytasks.models")
_VAULT = ("azure-mgmt-keyvault", "14.0.1", "azure.mgmt.keyvault.models")
_ROLES = ("azure-mgmt-authorization", "4.0.0", "azure.mgmt.authorization.{}.models")
_RESOURCE = ("azure-mgmt-resource", "23.2.0", "azure.mgmt.resource.{}.models")
_IDENTITY = ("azure-mgmt-msi", "7.1.0", "azure.mgmt.msi.{}.models")
_SECRETS = ("azure-keyvault-secrets", "4.12.0", "azure.keyvault.secrets._generated.models")


def _source(name: str, api_version: str, origin: tuple[str, str, str], model: str, folder: str = "") -> Source:
    package, package_version, models = origin
    return Source(name, api_version, package, package_version, models.format(folder), model)


SOURCES = [
    *(
        source
        for name, old_and_new in {
            "task": "Task",
            "task_update": "TaskUpdateParameters",
            "schedule_run": "RunRequest",
            "run_update": "RunUpdateParameters",
        }.items()
        for source in (
            _source(name, "2019-06-01-preview", _REGISTRY, old_and_new, "v2019_06_01_preview"),
            _source(name, "2025-03-01-preview", _TASKS, old_and_new),
        )
    ),
    *(
        _source(name, version, _REGISTRY, model, "v" + version.replace("-", "_"))
        for version in ("2019-05-01", "2019-12-01-preview", "2021-09-01", "2023-07-01", "2023-11-01-preview")
        for name, model in {"registry": "Registry", "registry_update": "RegistryUpdateParameters"}.items()
    ),
    # The previews before 2025-11-01 know less; what exactly, the handlers check.
    *(
        _source(name, version, _NEW_REGISTRY, model)
        for version in ("2024-11-01-preview", "2025-11-01")
        for name, model in {"registry": "Registry", "registry_update": "RegistryUpdateParameters"}.items()
    ),
    _source("registry_name_check", "2019-05-01", _REGISTRY, "RegistryNameCheckRequest", "v2019_05_01"),
    _source("registry_name_check", "2025-11-01", _NEW_REGISTRY, "RegistryNameCheckRequest"),
    _source("registry_regenerate_credential", "2019-05-01", _REGISTRY, "RegenerateCredentialParameters", "v2019_05_01"),
    _source("vault", "2026-02-01", _VAULT, "VaultCreateOrUpdateParameters"),
    _source("vault_update", "2026-02-01", _VAULT, "VaultPatchParameters"),
    _source("vault_name_check", "2026-02-01", _VAULT, "VaultCheckNameAvailabilityParameters"),
    _source("access_policies", "2026-02-01", _VAULT, "VaultAccessPolicyParameters"),
    _source("secret", "7.6", _SECRETS, "SecretSetParameters"),
    _source("secret_update", "7.6", _SECRETS, "SecretUpdateParameters"),
    _source("role_assignment", "2015-07-01", _ROLES, "RoleAssignmentCreateParameters", "v2015_07_01"),
    _source("role_assignment", "2018-09-01-preview", _ROLES, "RoleAssignmentCreateParameters", "v2018_09_01_preview"),
    _source("role_assignment", "2020-04-01-preview", _ROLES, "RoleAssignmentCreateParameters", "v2020_04_01_preview"),
    _source("role_assignment", "2022-04-01", _ROLES, "RoleAssignmentCreateParameters", "v2022_04_01"),
    _source("identity", "2018-11-30", _IDENTITY, "Identity", "v2018_11_30"),
    _source("identity", "2024-11-30", _IDENTITY, "Identity", "v2024_11_30"),
    _source("identity_update", "2018-11-30", _IDENTITY, "IdentityUpdate", "v2018_11_30"),
    _source("identity_update", "2024-11-30", _IDENTITY, "IdentityUpdate", "v2024_11_30"),
    _source("resource_group", "2022-09-01", _RESOURCE, "ResourceGroup", "resources.v2022_09_01"),
    _source("resource_group_update", "2022-09-01", _RESOURCE, "ResourceGroupPatchable", "resources.v2022_09_01"),
    _source("lock", "2016-09-01", _RESOURCE, "ManagementLockObject", "locks.v2016_09_01"),
]

# Read-only in the model, but sent by an unmodified client: (schema, model): properties.
_SENT_BACK: dict[tuple[str, str], set[str]] = {}


def schema_of(source: Source) -> dict[str, Any]:
    """The schema document. Models refer to each other by ``$defs``."""
    definitions: dict[str, Any] = {}
    models = importlib.import_module(source.models)
    _define(source, models, getattr(models, source.model), definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": _HEADER.format(package=source.package, version=source.package_version, model=source.model),
        "$ref": f"#/$defs/{source.model}",
        "$defs": dict(sorted(definitions.items())),
    }


def _define(source: Source, models: Any, model: type, definitions: dict[str, Any]) -> None:
    if model.__name__ in definitions:
        return
    definitions[model.__name__] = {}  # stops recursion
    described = describe(models, model)
    root: dict[str, Any] = {}
    allowed = _SENT_BACK.get((source.name, model.__name__), set())
    for field in described.fields:
        if field.read_only and field.path[-1] not in allowed:
            continue
        place, title = root, model.__name__
        for step in field.path[:-1]:
            title += step[0].upper() + step[1:]
            place = place.setdefault(step, {"__title": title, "__members": {}})["__members"]
        place[field.path[-1]] = _type_schema(source, models, field.type, definitions)
    whole = _object(model.__name__, root)
    if described.discriminator:
        cases = []
        for value, subclass in described.subtypes.items():
            _define(source, models, subclass, definitions)
            condition = {
                "properties": {described.discriminator: {"const": value}},
                "required": [described.discriminator],
            }
            cases.append({"if": condition, "then": {"$ref": f"#/$defs/{subclass.__name__}"}})
        # An unknown or missing discriminator is for the handler to refuse, in the service's words.
        whole = {"title": model.__name__, "type": ["object", "null"], "allOf": cases}
    definitions[model.__name__] = whole


def _object(title: str, members: dict[str, Any]) -> dict[str, Any]:
    properties = {
        name: _object(member["__title"], member["__members"]) if "__members" in member else member
        for name, member in sorted(members.items())
    }
    return {
        "title": title,
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": False,
    }


def _type_schema(source: Source, models: Any, kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """``kind``: a JSON type name, 'any', a model class, ('list', kind) or ('map', kind). Null is always allowed:
    it means "not given" in a PUT and "remove" in a PATCH."""
    if kind == "any":
        return {}
    if isinstance(kind, str):
        return {"type": [kind, "null"]}
    if isinstance(kind, tuple):
        inner = _type_schema(source, models, kind[1], definitions)
        if kind[0] == "list":
            return {"type": ["array", "null"], "items": inner}
        return {"type": ["object", "null"], "additionalProperties": inner}
    _define(source, models, kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the schemas of request bodies from the Azure SDK's models.")
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if a file would change")
    options = parser.parse_args()
    stale = 0
    for source in SOURCES:
        file = SCHEMAS / source.name / f"{source.api_version}.json"
        if not installed(source):
            print(f"left alone: {file.relative_to(SCHEMAS)} (needs {source.package}=={source.package_version})")
            continue
        text = json.dumps(schema_of(source), indent=1) + "\n"
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale += 1
        print(f"{'differs' if options.check else 'written'}: {file.relative_to(SCHEMAS)}")
        if not options.check:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return 1 if options.check and stale else 0


def installed(source: Source) -> bool:
    try:
        return importlib.metadata.version(source.package) == source.package_version
    except importlib.metadata.PackageNotFoundError:
        return False


if __name__ == "__main__":
    sys.exit(main())
