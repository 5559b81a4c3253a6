# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What is done with secrets at a vault's own host. keyvault-wire, section 3."""

from __future__ import annotations

import re

from azure_emulator.arm_bodies import page
from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.routing import Route
from azure_emulator.services.entra.models import Directory
from azure_emulator.services.entra.tokens import TokenError, read_caller
from azure_emulator.services.keyvault import access, secrets
from azure_emulator.services.keyvault.models import VaultRecord, Vaults
from azure_emulator.services.keyvault.secret_store import Version
from azure_emulator.switches import Switches

_NAME = re.compile(r"^[0-9A-Za-z-]{1,127}$")
_MOST_VALUE = 25 * 1024  # bytes
_MOST_TAGS = 15
_PAGE = 25
VERSIONS = ("7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01", "2026-04-01")


# -- the door --------------------------------------------------------------------------------------------------------


def prepare(call: Call, route: Route) -> None:
    """Token, then firewall, then rights; the state of the secret is looked at last, by the handlers."""
    cloud = cloud_of(call.host)
    try:
        call.caller = read_caller(call, (cloud.vault_audience,))
    except TokenError as error:
        raise _challenge(call, error) from error
    record, body = _vault(call)
    if call.api_version not in VERSIONS:
        raise Problem(
            400,
            "BadParameter",
            f"The specified version ({call.api_version}) is not recognized. Consider using the latest supported "
            f"version ({VERSIONS[-1]}).",
        )
    address = call.world.part(Switches)["client_address"]
    asking = access.Asking(call.world, call.caller, record, body, address)
    name = call.params.get("name")
    access.require(asking, access.RIGHTS[_right_of(route)], name)
    if name is not None and not _NAME.match(name):
        raise Problem(400, "BadParameter", f"The request URI contains an invalid name: {name}")


def _right_of(route: Route) -> str:
    return next(word.partition(":")[2] for word in route.attributes if word.startswith("right:"))


def _challenge(call: Call, error: TokenError) -> Problem:
    """401 that says where to get a token: clients send their first request without one, and without a body."""
    cloud = cloud_of(call.host)
    tenant = call.world.part(Directory).tenant_id
    host = cloud.login_host
    if host == "login.microsoftonline.com":
        host = call.world.part(Switches)["challenge_host"]
    message = {
        "missing": "AKV10000: Request is missing a Bearer or PoP token.",
        "audience": f"AKV10022: Invalid audience. Expected {cloud.vault_audience}, "
        f"found: {error.claims.get('aud', '')}.",
        "tenant": f"AKV10032: Invalid issuer. Expected one of https://sts.windows.net/{tenant}/, "
        f"found {error.claims.get('iss', '')}.",
        "expired": "Error validating token: IDX10223: Lifetime validation failed. The token is expired.",
        "malformed": "Error validating token: IDX12741: JWT must have three segments (JWS) or five segments (JWE).",
    }[error.reason]
    header = f'Bearer authorization="https://{host}/{tenant}", resource="{cloud.vault_audience}"'
    return Problem(401, "Unauthorized", message, headers={"WWW-Authenticate": header})


def headers(call: Call) -> dict[str, str]:
    """What every answer of a vault has, a refusal too. Empty if the vault is gone."""
    found = call.world.part(Vaults).by_host(call.host)
    if found is None:
        return {}
    address = call.world.part(Switches)["client_address"]
    return {
        "x-ms-keyvault-region": found[1]["location"],
        "x-ms-keyvault-service-version": "1.9.2581.1",
        "x-ms-keyvault-network-info": f"conn_type=Ipv4;addr={address};act_addr_fam=InterNetwork;",
    }


def envelope(problem: Problem) -> Answer:
    return Answer(problem.status, {"error": problem.error}, dict(problem.headers))


def _vault(call: Call) -> tuple[VaultRecord, dict]:
    found = call.world.part(Vaults).by_host(call.host)
    if found is None:  # a connection may outlive the vault
        raise Problem(404, "NotFound", f"There is no vault at {call.host}.")
    return found


# -- secrets ---------------------------------------------------------------------------------------------------------


def put(call: Call) -> Answer:
    """A new version, also for the same value."""
    record, vault = _vault(call)
    name = call.params["name"]
    secrets.require_name_is_free(call.world, record, name)
    value = call.json.get("value")
    if not isinstance(value, str):
        raise Problem(400, "BadParameter", "Property  has invalid value\r\n")
    if len(value.encode()) > _MOST_VALUE:
        raise Problem(400, "BadParameter", "Secret value is longer than 25600 characters.")
    _check_tags(call)
    version = record.secrets.add_version(name, value)
    _describe(call, version)
    secret = secrets.existing(record, name)
    return Answer(200, secrets.bundle(record, vault, secret, version, with_value=True))


def _check_tags(call: Call) -> None:
    if len(call.json.get("tags") or {}) > _MOST_TAGS:
        raise Problem(400, "BadParameter", f"A secret can have at most {_MOST_TAGS} tags.")


def _describe(call: Call, version: Version) -> None:
    """Content type, tags and attributes, as far as the request has them."""
    sent = call.json
    if sent.get("tags") is not None:
        version.tags = dict(sent["tags"])
    if sent.get("contentType") is not None:
        version.content_type = sent["contentType"]
    attributes = sent.get("attributes") or {}
    if attributes.get("enabled") is not None:
        version.enabled = attributes["enabled"]
    if attributes.get("nbf") is not None:
        version.not_before = int(attributes["nbf"])
    if attributes.get("exp") is not None:
        version.expires = int(attributes["exp"])


def get(call: Call) -> Answer:
    record, vault = _vault(call)
    secret, version = secrets.readable(record, call.params["name"], call.params.get("version"))
    return Answer(200, secrets.bundle(record, vault, secret, version, with_value=True))


def patch(call: Call) -> Answer:
    """Attributes, tags and content type of one version; never the value, which is not shown either."""
    record, vault = _vault(call)
    secret = secrets.existing(record, call.params["name"])
    version = secret.version(call.params.get("version"))
    if version is None:
        raise secrets.not_found(f"{secret.name}/{call.params['version']}")
    _check_tags(call)
    _describe(call, version)
    version.updated = record.secrets.now()
    return Answer(200, secrets.bundle(record, vault, secret, version, with_value=False))


def list_secrets(call: Call) -> Answer:
    record, vault = _vault(call)
    return Answer(200, _paged(call, [secrets.listed(record, vault, secret) for secret in record.secrets]))


def list_versions(call: Call) -> Answer:
    """In the order of their ids, which says nothing about their age."""
    record, vault = _vault(call)
    secret = record.secrets.get(call.params["name"])
    if secret is None:
        if call.world.part(Switches)["missing_secret_versions"] == "not_found":
            raise secrets.not_found(call.params["name"])
        return Answer(200, _paged(call, []))
    versions = sorted(secret.versions, key=lambda version: version.id)
    return Answer(200, _paged(call, [secrets.listed(record, vault, secret, version) for version in versions]))


def delete(call: Call) -> Answer:
    record, vault = _vault(call)
    secrets.require_settled(call.world, record, call.params["name"])
    gone = record.secrets.delete(secrets.existing(record, call.params["name"]), secrets.retention_days(vault))
    return Answer(200, secrets.deleted_bundle(record, vault, gone))


# -- deleted secrets -------------------------------------------------------------------------------------------------


def list_deleted(call: Call) -> Answer:
    record, vault = _vault(call)
    shown = [gone for gone in record.secrets.deleted() if secrets.is_settled(call.world, gone)]
    items = [secrets.deleted_bundle(record, vault, gone, in_list=True) for gone in shown]
    return Answer(200, _paged(call, items))


def get_deleted(call: Call) -> Answer:
    """404 until the deletion is over: that is what clients wait for."""
    record, vault = _vault(call)
    gone = secrets.existing_deleted(record, call.params["name"])
    if not secrets.is_settled(call.world, gone):
        raise secrets.deleted_not_found(call.params["name"])
    return Answer(200, secrets.deleted_bundle(record, vault, gone))


def recover(call: Call) -> Answer:
    record, vault = _vault(call)
    name = call.params["name"]
    if record.secrets.get(name) is not None:
        raise Problem(
            400,
            "MethodNotAllowed",
            f"Secret exists already: {name}",
            inner="RequestNotAllowedOnNonDeletedObject",
        )
    secrets.require_settled(call.world, record, name)
    secret = record.secrets.recover(secrets.existing_deleted(record, name))
    return Answer(200, secrets.bundle(record, vault, secret, secret.latest, with_value=False))


def purge(call: Call) -> Answer:
    record, vault = _vault(call)
    name = call.params["name"]
    secrets.require_settled(call.world, record, name)
    gone = secrets.existing_deleted(record, name)
    if vault["properties"].get("enablePurgeProtection") is True:
        raise secrets.purge_not_allowed(record, vault)
    record.secrets.purge(gone)
    return Answer(204)


def _paged(call: Call, items: list[dict]) -> dict:
    """Lists here print a ``nextLink`` always, null on the last page."""
    wanted = call.query.get("maxresults", "")
    size = min(int(wanted), _PAGE) if wanted.isdigit() and int(wanted) > 0 else _PAGE
    return {"nextLink": None} | page(call, items, size)
