# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts by which a failed run tells its cause, as data: the words, the cause, the fix.

This is private to the acr.tasks collection; other collections must not use it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownCause:
    """One cause. The first entry of ``KNOWN_CAUSES`` that fits counts, so the specific stands before the general."""

    words: tuple[str, ...]  # any of them in the text, in any casing
    cause: str
    hint: str
    fresh: bool = False  # may be gone in a minute, if identity, grant or role are new


_GRANT = (
    "Let the identity named in the credential get secrets of this vault: acr.tasks.keyvault_policy with"
    " secrets=[get], on a vault in RBAC mode with authorization=auto. A new grant can take minutes to be in force."
)

KNOWN_CAUSES: tuple[KnownCause, ...] = (
    KnownCause(
        ("ForbiddenByFirewall", "Client address is not authorized and caller is not a trusted service"),
        "the key vault's firewall refused the build agent",
        "Let trusted Azure services pass the vault's firewall, or run the task in an agent pool inside the network.",
    ),
    KnownCause(
        ("ForbiddenByConnection", "Public network access is disabled and request is not from a trusted service"),
        "the key vault has no public network access",
        "Let trusted Azure services pass, or run the task in an agent pool inside the network.",
    ),
    KnownCause(
        ("SecretDisabled", "not allowed on a disabled secret"),
        "the key vault secret is disabled",
        "Enable the secret, or point the credential at another one.",
    ),
    KnownCause(
        ("SecretNotFound",),
        "the key vault has no secret of that name, or it was deleted",
        "Compare the secret URLs of the credential with the vault's secrets; a deleted secret must be recovered first.",
    ),
    KnownCause(
        ("timeout in fetching secrets",),
        "the identity could not read the key vault secret: no permission, a grant not in force yet, or a firewall",
        _GRANT,
        fresh=True,
    ),
    KnownCause(
        (
            "ForbiddenByRbac",
            "ForbiddenByPolicy",
            "does not have secrets get permission",
            "not found on any access policy",
        ),
        "the identity may not get secrets of the key vault",
        _GRANT,
        fresh=True,
    ),
    KnownCause(
        ("Identity not found", "no managed identity"),
        "the identity named in the credential is not attached to the task",
        "Attach it with the identity option of acr.tasks.acr_task, or name another one in the credential.",
        fresh=True,
    ),
    KnownCause(
        ("Cannot perform an interactive login from a non TTY device",),
        "the password was empty: often the identity got no secret or no token",
        "Check that the secret has a value and that the identity may read it.",
        fresh=True,
    ),
    KnownCause(
        ("failed to get ACR refresh token",),
        "the identity may not use that registry, or the registry's firewall refused it",
        "Give the identity AcrPull or AcrPush (ABAC registries: a repository role) on that registry.",
        fresh=True,
    ),
    KnownCause(
        ("failed to login, ran out of retries", "failed to set docker credentials"),
        "the registry refused the user name or the password",
        "Check the values behind the credential of that login server (acr.tasks.acr_task_credential); Docker Hub"
        " wants an access token of the account that owns the repository.",
    ),
    KnownCause(
        ("unable to classify credential into opaque, vault or msi",),
        "a credential of the task is neither plain, nor from a vault, nor an identity alone",
        "Declare it again, whole, with acr.tasks.acr_task_credential.",
    ),
    KnownCause(
        ("username can't be empty", "password can't be empty", "identity can't be empty"),
        "a credential of the task lacks a field",
        "Declare it again, whole, with acr.tasks.acr_task_credential.",
    ),
    KnownCause(
        ("msi client ID is not a valid guid",),
        "an identity is given by something else than its client id",
        "Use the client id, or let acr.tasks.acr_task_credential resolve the identity's name.",
    ),
    KnownCause(
        ("failed to resolve secrets",),
        "a secret of the run could not be read",
        _GRANT,
        fresh=True,
    ),
    KnownCause(
        ("failed to unmarshal task before running",),
        "the task's steps are no valid task file",
        "Correct the YAML in the task; the service stores it unread and finds the error only now.",
    ),
    KnownCause(
        ("toomanyrequests",),
        "the registry's pull limit is used up",
        "Sign in to that registry with acr.tasks.acr_task_credential, or pull through a cache rule.",
    ),
    KnownCause(
        ("denied: client with IP", "is not allowed access"),
        "a registry's firewall refused the build agent",
        "Use the task's system-assigned identity for that registry and set networkRuleBypassAllowedForTasks on it, or"
        " use an agent pool inside the network.",
    ),
    KnownCause(
        ("insufficient_scope", "requested access to the resource is denied", "pull access denied"),
        "the account that the run signed in with may not use that repository, or the repository does not exist",
        "Compare the image name with the credential: login server, owner of the repository, rights of the token.",
    ),
    KnownCause(
        ("unauthorized: authentication required",),
        "the run was not signed in to that registry",
        "Add the login server with acr.tasks.acr_task_credential; on its own registry give its identity AcrPush.",
    ),
    KnownCause(
        ("unable to git clone", "error fetching", "failed to download source"),
        "the source context could not be fetched",
        "Check the URL, the branch and, for a private repository, the context's access token.",
    ),
    KnownCause(
        (": timed out",),
        "a step ran out of time",
        "Raise the step's timeout, or stepTimeout, in the task file.",
    ),
)

# Run status -> cause and hint, where the status says it all.
STATUS_CAUSES: dict[str, KnownCause] = {
    "Timeout": KnownCause(
        (), "the run took longer than the task's timeout", "Raise the timeout of the task (300 to 28800 s)."
    ),
    "Canceled": KnownCause((), "somebody canceled the run", "Start it again if it is still wanted."),
    "Error": KnownCause((), "the service could not carry out the run", "Start it again; this is not the task's fault."),
}


def find_cause(*texts: str) -> KnownCause | None:
    """The cause that the first telling text names, or None. Give the engine's own line before the log's tail."""
    for text in texts:
        folded = text.lower()
        for known in KNOWN_CAUSES:
            if any(words.lower() in folded for words in known.words):
                return known
    return None
