# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who signs in, decided from options and environment alone. Private to this collection.

`sign_in(options, environment)` -> Login. No AnsibleModule in here, so that plugins can share it, and no request: the
credential asks for a token when the first request needs one.

The options and the order of `auto` are those of azure.azcollection, and sources are never mixed: the first source
that names somebody is the whole answer. An empty value counts as not set.

A further way to sign in is one file `_auth_<way>.py` with `make_credential(facts, cloud, transport)`, and one line
in _WAYS.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._clouds import CLOUDS, PUBLIC, Cloud, find_cloud
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

# option -> environment variables, the first one set wins. Exactly azure.azcollection's.
ENVIRONMENT = {
    "profile": ("AZURE_PROFILE",),
    "subscription_id": ("AZURE_SUBSCRIPTION_ID",),
    "client_id": ("AZURE_CLIENT_ID",),
    "secret": ("AZURE_SECRET",),
    "tenant": ("AZURE_TENANT", "AZURE_TENANT_ID"),
    "ad_user": ("AZURE_AD_USER",),
    "password": ("AZURE_PASSWORD",),
    "cloud_environment": ("AZURE_CLOUD_ENVIRONMENT",),
    "cert_validation_mode": ("AZURE_CERT_VALIDATION_MODE",),
    "adfs_authority_url": ("AZURE_ADFS_AUTHORITY_URL",),
    "x509_certificate_path": ("AZURE_X509_CERTIFICATE_PATH",),
    "thumbprint": ("AZURE_THUMBPRINT",),
    "disable_instance_discovery": ("AZURE_DISABLE_INSTANCE_DISCOVERY",),
    "oidc_token": ("AZURE_FEDERATED_TOKEN",),
    "oidc_token_file_path": ("AZURE_FEDERATED_TOKEN_FILE",),
}

# The way within one source: the first one whose options are all there. Last: what users call it.
_WAYS = (
    ("oidc", ("client_id", "tenant", "oidc_token"), "an OpenID Connect token (oidc_token)"),
    ("oidc", ("client_id", "tenant", "oidc_token_file_path"), "an OpenID Connect token file (oidc_token_file_path)"),
    ("service_principal", ("client_id", "tenant", "secret"), "a client secret (client_id, tenant, secret)"),
    ("certificate", ("client_id", "tenant", "x509_certificate_path"), "a certificate (x509_certificate_path)"),
    ("user", ("ad_user", "password"), "a user name and password (ad_user, password)"),
)
_BUILT = ("service_principal",)

_HOW_TO = (
    "Give client_id, secret, tenant and subscription_id (or the variables AZURE_CLIENT_ID, AZURE_SECRET, AZURE_TENANT "
    "and AZURE_SUBSCRIPTION_ID), sign in with az login, or "
    "set subscription_id alone on a machine with a managed identity."
)

Options = t.Mapping[str, t.Any]


class Login(t.NamedTuple):
    """The outcome: whose rights are used, where.

    credential: has `get_token(*scopes, **kwargs)` as in azure-core. subscription_id: None if nothing names one.
    verify: check server certificates. transport: what requests go through. source: for messages.
    """

    credential: t.Any
    subscription_id: str | None
    cloud: Cloud
    verify: bool
    transport: t.Any
    source: str


def sign_in(
    options: Options,
    environment: t.Mapping[str, str] | None = None,
    make_transport: t.Callable[[bool], t.Any] | None = None,
) -> Login:
    """Decides who signs in. `options`: the auth options, missing ones may be left out. Raises InvalidOption.

    make_transport: takes `verify`; for tests. Without it the real one is made.
    """
    environment = os.environ if environment is None else environment
    given = {name: value for name, value in options.items() if value not in (None, "")}
    from_environment = _read_environment(environment)
    source = given.get("auth_source") or "auto"
    _refuse_adfs(given)
    verify = _verify(given, from_environment)
    if make_transport is None:
        from ansible_collections.acr.tasks.plugins.module_utils._transport import make_transport as real

        make_transport = real
    transport = make_transport(verify)

    if source == "msi":
        return _managed_identity(given, from_environment, verify, transport)
    if source == "cli":
        return _azure_cli(given, from_environment, verify, transport)
    if source == "credential_file" or given.get("profile"):
        raise _not_built("a profile of ~/.azure/credentials (auth_source, profile)")
    if source == "env":
        facts = _usable_environment(given, from_environment)
        if facts is None:
            raise InvalidOption(
                "auth_source is env, but the environment does not name a service principal with its subscription.",
                hint=_HOW_TO,
            )
        return _with_facts(facts, "environment variables", verify, transport)
    return _automatic(given, from_environment, environment, verify, transport)


def _automatic(
    given: Options, from_environment: dict[str, t.Any], environment: t.Mapping[str, str], verify: bool, transport: t.Any
) -> Login:
    """azcollection's order: options, environment, credential file, Azure CLI; then ours: managed identity."""
    if given.get("client_id") or given.get("ad_user"):
        return _with_facts(dict(given), "options", verify, transport)
    facts = _usable_environment(given, from_environment)
    if facts is not None:
        return _with_facts(facts, "environment variables", verify, transport)
    if _has_default_profile(environment):
        raise _not_built("the profile [default] of ~/.azure/credentials")
    from ansible_collections.acr.tasks.plugins.module_utils import _auth_cli

    try:
        return _azure_cli(given, from_environment, verify, transport)
    except _auth_cli.CliUnavailableError as unavailable:
        subscription_alone = (given.get("subscription_id") or from_environment.get("subscription_id")) and not any(
            source.get(name)
            for source in (given, from_environment)
            for name in ("client_id", "ad_user", "secret", "password")
        )
        if subscription_alone:
            return _managed_identity(given, from_environment, verify, transport)
        reason = _why_not_environment(from_environment) or f"The Azure CLI cannot help: {unavailable}"
        raise InvalidOption(f"Nothing says who signs in to Azure. {reason}", hint=_HOW_TO) from unavailable


def _with_facts(facts: dict[str, t.Any], source: str, verify: bool, transport: t.Any) -> Login:
    """The login for one source's facts: the first way whose facts are complete."""
    if facts.get("adfs_authority_url"):
        _refuse_adfs(facts)
    for way, needed, title in _WAYS:
        if all(facts.get(name) for name in needed):
            if way not in _BUILT:
                raise _not_built(title)
            cloud = _cloud(facts)
            return Login(
                _credential(way, facts, cloud, transport),
                facts.get("subscription_id"),
                cloud,
                verify,
                transport,
                source,
            )
    missing = [name for name in ("tenant", "secret") if not facts.get(name)]
    variables = ", ".join(ENVIRONMENT[name][0] for name in missing)
    where = (
        f"the variables {variables} are not set" if source.startswith("env") else f"{' and '.join(missing)} not given"
    )
    raise InvalidOption(
        f"The sign-in by {source} is incomplete: client_id is given, but {where}. "
        "Options and environment are never mixed.",
        hint=_HOW_TO,
    )


def _credential(way: str, facts: Options, cloud: Cloud, transport: t.Any) -> t.Any:
    if way == "service_principal":
        from ansible_collections.acr.tasks.plugins.module_utils import _auth_service_principal

        return _auth_service_principal.make_credential(facts, cloud, transport)
    raise AssertionError(way)


def _managed_identity(given: Options, from_environment: Options, verify: bool, transport: t.Any) -> Login:
    from ansible_collections.acr.tasks.plugins.module_utils import _auth_managed_identity

    facts = {
        "client_id": given.get("client_id") or from_environment.get("client_id"),
        "subscription_id": given.get("subscription_id") or from_environment.get("subscription_id"),
        "cloud_environment": given.get("cloud_environment") or from_environment.get("cloud_environment"),
    }
    cloud = _cloud(facts)
    credential = _auth_managed_identity.make_credential(facts, cloud, transport)
    return Login(credential, facts["subscription_id"], cloud, verify, transport, "managed identity")


def _azure_cli(given: Options, from_environment: Options, verify: bool, transport: t.Any) -> Login:
    from ansible_collections.acr.tasks.plugins.module_utils import _auth_cli

    account = _auth_cli.show_account()
    cloud = find_cloud(account.cloud_name)
    if cloud is None:
        raise InvalidOption(f"The Azure CLI uses the cloud {account.cloud_name}, which is not known here.")
    subscription_id = given.get("subscription_id") or from_environment.get("subscription_id") or account.subscription_id
    return Login(_auth_cli.make_credential(), subscription_id, cloud, verify, transport, "Azure CLI")


def _usable_environment(given: Options, from_environment: dict[str, t.Any]) -> dict[str, t.Any] | None:
    """The environment's facts, or None if they name nobody. The option subscription_id may complete them."""
    if from_environment.get("profile"):
        raise _not_built("a profile of ~/.azure/credentials (AZURE_PROFILE)")
    if not (from_environment.get("client_id") or from_environment.get("ad_user")):
        return None
    facts = dict(from_environment)
    if given.get("subscription_id"):
        facts["subscription_id"] = given["subscription_id"]
    return facts if facts.get("subscription_id") else None


def _why_not_environment(from_environment: Options) -> str | None:
    if from_environment.get("client_id") or from_environment.get("ad_user"):
        return "AZURE_CLIENT_ID or AZURE_AD_USER is set, but neither subscription_id nor AZURE_SUBSCRIPTION_ID."
    return None


def _read_environment(environment: t.Mapping[str, str]) -> dict[str, t.Any]:
    facts = {}
    for option, variables in ENVIRONMENT.items():
        value = next((environment[name] for name in variables if environment.get(name)), None)
        if value is not None:
            facts[option] = value
    return facts


def _has_default_profile(environment: t.Mapping[str, str]) -> bool:
    """Whether ~/.azure/credentials has a [default] that azure.azcollection would use: one with a subscription."""
    path = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".azure", "credentials")
    if not os.path.isfile(path):
        return False
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path)
    except configparser.Error:
        return False
    return parser.has_option("default", "subscription_id")


def _cloud(facts: Options) -> Cloud:
    name = facts.get("cloud_environment")
    cloud = find_cloud(name) if name else PUBLIC
    if cloud is None:
        known = ", ".join(known.name for known in CLOUDS)
        raise InvalidOption(f"cloud_environment {name!r} is not known. Known are {known}.")
    return cloud


def _verify(given: Options, from_environment: Options) -> bool:
    mode = given.get("cert_validation_mode") or from_environment.get("cert_validation_mode") or "validate"
    if mode not in ("validate", "ignore"):
        raise InvalidOption(
            f"cert_validation_mode must be validate or ignore, not {mode!r} (AZURE_CERT_VALIDATION_MODE)."
        )
    return mode == "validate"


def _refuse_adfs(facts: Options) -> None:
    if facts.get("adfs_authority_url"):
        raise _not_built("an ADFS authority (adfs_authority_url)")


def _not_built(title: str) -> InvalidOption:
    return InvalidOption(f"Signing in by {title} is not supported by this version of acr.tasks.", hint=_HOW_TO)
