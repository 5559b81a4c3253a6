# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about an error of Azure, by its code. Pure data and one look-up. Private to this collection."""

from __future__ import annotations

import re
import typing as t

# Codes in lower case. `{...}` parts are filled from the message where they can be found there.
_BY_CODE = {
    "authorizationfailed": (
        "Give the caller a role that allows {action} at {scope}, then wait a few minutes for it to take effect."
    ),
    "linkedauthorizationfailed": (
        "The caller needs {action} on the identity that it attaches, for example the role Managed Identity Operator."
    ),
    "missingsubscriptionregistration": (
        "Register the resource provider once: az provider register --namespace {namespace}"
    ),
    "scopelocked": "A lock forbids this. Remove the lock, or leave this resource alone: az lock list",
    "subscriptionnotfound": "Check subscription_id, and that the caller has any role in that subscription.",
    "invalidsubscriptionid": "subscription_id must be the subscription's GUID, not its name.",
    "resourcegroupnotfound": "Create the resource group first, or correct resource_group or subscription_id.",
    "parentresourcenotfound": "Create the parent first, or correct its name, resource_group or subscription_id.",
    "tasksoperationsnotallowed": (
        "ACR Tasks are not enabled for this subscription (usual for free and trial ones): ask Azure support."
    ),
    "contextundefined": "A Docker or file step needs a context: an https URL, or exactly one source trigger.",
    "invaliduri": "The context must be an https URL, for example https://github.com/me/app.git#main:folder",
    "providercall": (
        "Azure could not make a webhook in the source repository: check the repository's URL, and that the token is "
        "valid and may manage webhooks (admin:repo_hook on GitHub)."
    ),
    "toomanyrequests": "Azure limits requests. Raise retry_max_wait, or run fewer tasks at the same time.",
    "subscriptionrequeststhrottled": (
        "Azure limits requests. Raise retry_max_wait, or run fewer tasks at the same time."
    ),
    "invalidauthenticationtokentenant": (
        "The token is for another tenant than the subscription's: check tenant and subscription_id."
    ),
    "conflicterror": "Another change to the same vault is under way: try again.",
    "notsent": "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and the certificates (REQUESTS_CA_BUNDLE).",
    "noanswer": "Whether the request took effect is not known: look before you repeat it.",
}

# Entra ID's error numbers, as they stand in its messages.
_BY_ENTRA_NUMBER = {
    "7000215": "The client secret is wrong: check secret (the secret's value, not its id) or AZURE_SECRET.",
    "7000222": "The client secret has expired: make a new one and set secret or AZURE_SECRET.",
    "700016": "No such application in this tenant: check client_id and tenant.",
    "90002": "No such tenant: check tenant.",
    "900023": "tenant must be a GUID or a domain name.",
    "50034": "No such user in this tenant: check ad_user and tenant.",
    "50126": "The user name or the password is wrong: check ad_user and password.",
    "50076": "This user needs multi-factor authentication, which a playbook cannot do: use a service principal.",
    "53003": "A conditional access policy of the tenant forbids this sign-in.",
}


def hint_for(code: str, inner_codes: t.Sequence[str], message: str) -> str | None:
    """The hint for the innermost code that has one; inner codes say more than outer ones. None if none has."""
    number = re.search(r"AADSTS(\d+)", message)
    if number:
        return _BY_ENTRA_NUMBER.get(number.group(1))
    for candidate in (*reversed(inner_codes), code):
        hint = _BY_CODE.get(candidate.lower())
        if hint:
            return _filled(hint, message)
    return None


def _filled(hint: str, message: str) -> str:
    """Fills in what Azure's sentence names; where it names nothing, a plain word stands."""
    found = {
        "action": _first(r"perform action(?:\(s\))? '([^']+)'", message) or "the action",
        "scope": _first(r"over scope '([^']+)'", message) or "the resource",
        "namespace": _first(r"namespace '([^']+)'", message) or "<namespace>",
    }
    for name, value in found.items():
        hint = hint.replace("{" + name + "}", value)
    return hint


def _first(pattern: str, text: str) -> str | None:
    match = re.search(pattern, text)
    return match.group(1) if match else None
