# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame around every module: options, sign-in, clients, and the only two exits. Private to this collection.

A module is documentation, its argument spec and

    def main() -> None:
        run(ARGUMENT_SPEC, work)          # plus required_if and the like as keywords

where ``work(azure) -> Outcome`` builds a Resource from ``azure.params`` and returns ``azure.reconcile(resource)``.
Whatever it raises as AzureError ends in the one `fail`.
"""

from __future__ import annotations

import gc
import typing as t

from ansible.module_utils.basic import AnsibleModule, env_fallback, missing_required_lib
from ansible_collections.acr.tasks.plugins.module_utils import _retry
from ansible_collections.acr.tasks.plugins.module_utils._errors import AzureError
from ansible_collections.acr.tasks.plugins.module_utils._reconcile import Outcome, Resource, reconcile

# Accepted by every module; the same names and meanings as in azure.azcollection (doc_fragments/_azure.py).
# What is not a secret is not marked as one: Ansible would star out every text that contains it.
AUTH_SPEC: dict[str, dict[str, t.Any]] = {
    "auth_source": {
        "type": "str",
        "choices": ["auto", "cli", "env", "credential_file", "msi"],
        "default": "auto",
        "fallback": (env_fallback, ["ANSIBLE_AZURE_AUTH_SOURCE"]),
    },
    "profile": {"type": "str"},
    "subscription_id": {"type": "str"},
    "client_id": {"type": "str"},
    "secret": {"type": "str", "no_log": True},
    "tenant": {"type": "str"},
    "ad_user": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "cloud_environment": {"type": "str"},
    "cert_validation_mode": {"type": "str", "choices": ["validate", "ignore"]},
    "api_profile": {"type": "str", "default": "latest"},
    "adfs_authority_url": {"type": "str"},
    "log_mode": {"type": "str"},
    "log_path": {"type": "str"},
    "x509_certificate_path": {"type": "path"},
    "thumbprint": {"type": "str"},
    "disable_instance_discovery": {"type": "bool", "default": False},
    "oidc_token": {"type": "str", "no_log": True},
    "oidc_token_file_path": {"type": "path", "no_log": False},
}

COMMON_SPEC: dict[str, dict[str, t.Any]] = {
    "retry_max_wait": {"type": "int", "default": _retry.DEFAULT_MAX_WAIT},
}

# Where a registry is (doc_fragments/_registry.py). Modules for tasks and runs add it to their own options.
REGISTRY_SPEC: dict[str, dict[str, t.Any]] = {
    "resource_group": {"type": "str"},
    "registry_name": {"type": "str", "aliases": ["registry"]},
    "api_version": {"type": "str"},
}


# Which package brings a Python module, the longer names first.
_PACKAGES = (
    ("azure.mgmt.containerregistry", "azure-mgmt-containerregistry"),
    ("azure.mgmt.keyvault", "azure-mgmt-keyvault"),
    ("azure.mgmt", "azure-mgmt-core"),
    ("azure.identity", "azure-identity"),
    ("azure", "azure-core"),
    ("yaml", "PyYAML"),
)


class AzureModule:
    """One module call. `params`: the module's own options, without those of the sign-in."""

    def __init__(self, argument_spec: dict[str, dict[str, t.Any]], **constraints: t.Any) -> None:
        """argument_spec: the module's own options. One named like an auth option takes that name from the sign-in."""
        self._auth_options = [name for name in AUTH_SPEC if name not in argument_spec]
        self._spec = {**AUTH_SPEC, **COMMON_SPEC, **argument_spec}
        self._module = AnsibleModule(argument_spec=self._spec, supports_check_mode=True, **constraints)
        given = self._module.params
        self.params: dict[str, t.Any] = {name: given[name] for name in (*COMMON_SPEC, *argument_spec)}
        self.warnings: list[str] = []
        self._secrets = _secret_values(given, self._spec)
        self._session: t.Any = None
        # Ansible would now replace secret values wherever they occur in the result, even inside names and ids. Ours is
        # cleaned by field: see `_exit`.
        self._module.no_log_values.clear()

    @property
    def session(self) -> t.Any:
        """The signed-in Session, made when it is first asked for: after all checks that need no network."""
        if self._session is None:
            from ansible_collections.acr.tasks.plugins.module_utils._auth import sign_in
            from ansible_collections.acr.tasks.plugins.module_utils._session import Session

            login = sign_in({name: self._module.params[name] for name in self._auth_options})
            self._session = Session(login, self.params["retry_max_wait"])
        return self._session

    @property
    def check_mode(self) -> bool:
        """Only for `reconcile` below and for acr_task_run, which has nothing to reconcile."""
        return self._module.check_mode

    def subscription(self) -> str:
        """The subscription for resources given by name. To be handed over uncalled: it is not needed for full ids."""
        return self.session.subscription_id

    def warn(self, sentence: str) -> None:
        """Shows a warning, once, with the result or the failure."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def given_for_sign_in(self, option: str) -> t.Any:
        """An auth option's value, for modules whose own options must not be mixed up with it."""
        return self._module.params.get(option)

    def reconcile(self, resource: Resource) -> Outcome:
        """Makes the resource so, or predicts it."""
        resource.warnings = self.warnings
        return reconcile(resource, self.check_mode, self.params["retry_max_wait"])

    def finish(self, outcome: Outcome) -> t.NoReturn:
        """The one successful exit."""
        result: dict[str, t.Any] = {"changed": outcome.changed, outcome.key: outcome.result, **outcome.extra}
        if outcome.diff is not None:
            result["diff"] = outcome.diff
        for sentence in outcome.warnings:
            self.warn(sentence)
        self._exit(self._module.exit_json, result)

    def fail(self, error: AzureError, **extra: t.Any) -> t.NoReturn:
        """The one failing exit. extra: further result keys."""
        failure = {
            name: self._clean(value) if isinstance(value, str) else value for name, value in error.failure.items()
        }
        sentences = [failure["message"], failure["hint"]]
        result: dict[str, t.Any] = {**extra, "msg": " ".join(part for part in sentences if part), "failure": failure}
        if error.written:
            result["changed"] = True
            result["written"] = error.written
        self._exit(self._module.fail_json, result)

    def fail_missing_library(self, error: ImportError) -> t.NoReturn:
        """The exit for a package that is not installed where the module runs."""
        name = next(
            (package for module, package in _PACKAGES if (error.name or "").startswith(module)), error.name or "azure"
        )
        hint = "Install what requirements.txt of the collection acr.tasks names, for the Python that runs the module."
        failure = {"code": "MissingLibrary", "message": str(error), "status": None, "request_id": None, "hint": hint}
        self._exit(self._module.fail_json, {"msg": missing_required_lib(name), "failure": failure})

    def _exit(self, leave: t.Callable[..., t.Any], result: dict[str, t.Any]) -> t.NoReturn:
        if self._session is not None:
            self._session.close()
        for sentence in self.warnings:
            self._module.warn(self._clean(sentence))
        result["invocation"] = {"module_args": _without_secrets(self._module.params, self._spec)}
        leave(**result)
        raise SystemExit  # both exits end the process already; this is for the type checker

    def _clean(self, text: str) -> str:
        """Free text of others (a service's message) without the play's own secrets."""
        for value in self._secrets:
            text = text.replace(value, "********")
        return text


def run(
    argument_spec: dict[str, dict[str, t.Any]], work: t.Callable[[AzureModule], Outcome], **constraints: t.Any
) -> None:
    """Everything from the options to the exit."""
    # A module lives for a second, and makes nearly all its objects by importing: looking for garbage among them each
    # time is a tenth of its time.
    gc.set_threshold(100_000, 50, 50)
    azure = AzureModule(argument_spec, **constraints)
    try:
        outcome: Outcome | AzureError | ImportError = work(azure)
    except AzureError as error:
        outcome = error
    except ImportError as error:
        if not (error.name or "").startswith(("azure", "msal", "requests", "yaml", "isodate")):
            raise
        outcome = error
    # Not inside the handlers: there, Ansible would add a traceback to an expected failure.
    if isinstance(outcome, AzureError):
        azure.fail(outcome)
    if isinstance(outcome, ImportError):
        azure.fail_missing_library(outcome)
    azure.finish(outcome)


def _secret_values(params: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any]) -> list[str]:
    """All values of no_log options, the longest first. Very short ones are left out: they occur everywhere."""
    found: set[str] = set()
    for name, rule in spec.items():
        value = params.get(name)
        if rule.get("no_log"):
            found.update(_texts(value))
        elif rule.get("options") and value is not None:
            for item in value if isinstance(value, list) else [value]:
                found.update(_secret_values(item, rule["options"]))
    return sorted((value for value in found if len(value) > 3), key=len, reverse=True)


def _texts(value: t.Any) -> t.Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _without_secrets(params: t.Mapping[str, t.Any], spec: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The options as given, secret ones starred: what Ansible shows as `invocation`."""
    shown: dict[str, t.Any] = {}
    for name, value in params.items():
        rule = spec.get(name, {})
        if value is None:
            shown[name] = None
        elif rule.get("no_log"):
            shown[name] = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
        elif rule.get("options") and isinstance(value, list):
            shown[name] = [_without_secrets(item, rule["options"]) for item in value]
        elif rule.get("options"):
            shown[name] = _without_secrets(value, rule["options"])
        else:
            shown[name] = value
    return shown
