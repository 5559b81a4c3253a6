# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The services' tables and the schemas as a whole."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from azure_emulator.clouds import CLOUDS, cloud_of
from azure_emulator.services import ARM_SERVICES, DATA_PLANES

SCHEMAS = Path(str(resources.files("azure_emulator") / "schemas"))
TOOLS = Path(__file__).parent.parent / "tools"
ROUTES = [route for service in (*ARM_SERVICES, *DATA_PLANES) for route in service.router]


def test_every_schema_that_a_route_names_exists():
    named = {route.schema for route in ROUTES if route.schema}
    assert named <= {folder.name for folder in SCHEMAS.iterdir()}


def test_every_arm_route_names_its_action_and_versions():
    subscription = "/subscriptions/{subscription}"
    open_to_all = {  # these show what the caller may see
        "/tenants",
        "/subscriptions",
        subscription,
        f"{subscription}/operationresults/{{token}}",
        f"{subscription}/resourcegroups",
        f"{subscription}/resources",
        f"{subscription}/resourcegroups/{{group}}/resources",
    }
    for service in ARM_SERVICES:
        for route in service.router:
            assert route.versions, route.template
            assert route.action or route.template in open_to_all, route.template


def test_schemas_are_schemas():
    for file in SCHEMAS.rglob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(file.read_text(encoding="utf-8")))


@pytest.fixture
def generator(monkeypatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    specification = importlib.util.spec_from_file_location("generate_schemas", TOOLS / "generate_schemas.py")
    module = importlib.util.module_from_spec(specification)
    monkeypatch.setitem(sys.modules, "generate_schemas", module)
    specification.loader.exec_module(module)
    return module


def test_schemas_are_what_the_generator_writes(generator):
    checked = 0
    for source in generator.SOURCES:
        if generator.installed(source):
            committed = json.loads((SCHEMAS / source.name / f"{source.api_version}.json").read_text(encoding="utf-8"))
            assert committed == generator.schema_of(source), f"{source.name}/{source.api_version}"
            checked += 1
    assert checked


def test_every_schema_file_has_a_source(generator):
    known = {(source.name, f"{source.api_version}.json") for source in generator.SOURCES}
    assert {(file.parent.name, file.name) for file in SCHEMAS.rglob("*.json")} == known


def test_hosts_belong_to_their_cloud():
    for cloud in CLOUDS:
        for host in (*cloud.login_hosts, cloud.arm_host, cloud.graph_host, f"kv1{cloud.vault_suffix}"):
            assert cloud_of(host) is cloud
