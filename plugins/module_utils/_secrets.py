# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs of Key Vault secrets, and names of login servers. Pure. Private to this collection."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.acr.tasks.plugins.module_utils._clouds import CLOUDS
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

_VAULT_SUFFIXES = tuple(cloud.vault_suffix for cloud in CLOUDS)
_REGISTRY_SUFFIXES = tuple(cloud.registry_suffix for cloud in CLOUDS)
_SECRET_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_SECRET_VERSION = re.compile(r"[0-9a-zA-Z]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]{{1,5}})?")

# The two names under which the docker client looks for one and the same sign-in. Its other hosts (registry-1.docker.io,
# registry.hub.docker.com, hub.docker.com) are login servers of their own for it: a credential stored there is not used
# for an image of Docker Hub.
DOCKER_HUB = "docker.io"
_DOCKER_HUB_NAMES = frozenset({"docker.io", "index.docker.io"})
_DOCKER_HUB_HOSTS = frozenset(
    {"registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com", "www.docker.com", "auth.docker.io"}
)

_EXAMPLE = "https://myvault.vault.azure.net/secrets/my-secret"


class SecretUrl(t.NamedTuple):
    """A secret of a vault. host: lower case. version: None means whatever is the newest when it is read."""

    host: str
    name: str
    version: str | None

    def __str__(self) -> str:
        return f"https://{self.host}/secrets/{self.name}" + (f"/{self.version}" if self.version else "")


def read_secret_url(option: str, text: str) -> SecretUrl:
    """The secret that an option names. Raises InvalidOption with what is wrong and how it must look."""
    problem = _problem(text)
    if problem:
        raise InvalidOption(
            f"{option} is not the URL of a Key Vault secret: {problem}. "
            f"It must look like {_EXAMPLE}, with or without /version."
        )
    parts = urlsplit(text.strip())
    _empty, _secrets, name, *version = parts.path.rstrip("/").split("/")
    return SecretUrl(_host(parts), name, version[0] if version else None)


def same_secret_url(one: str | None, other: str | None) -> bool:
    """Whether two stored values mean the same secret and version; anything that is no such URL compares as text."""
    if one is None or other is None:
        return one == other
    return comparable_secret_url(one) == comparable_secret_url(other)


def comparable_secret_url(text: str) -> str:
    """A spelling in which equal URLs are equal. The engine lower-cases the whole URL before it asks the vault."""
    return str(read_secret_url("", text)).lower() if looks_like_secret_url(text) else text


def looks_like_secret_url(text: str) -> bool:
    """Whether a text is the URL of a secret, so hardly meant as a plain user name or password."""
    return _problem(text) is None


def mentions_vault(text: str) -> bool:
    """Whether a text is a URL into a vault, well-formed or not."""
    stripped = text.strip().lower()
    return stripped.startswith(("http://", "https://")) and any(suffix in stripped for suffix in _VAULT_SUFFIXES)


def _problem(text: str) -> str | None:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return "it cannot be read as a URL"
    if parts.scheme.lower() != "https":
        return "it does not start with https://"
    host = (parts.hostname or "").lower()
    if not host.endswith(_VAULT_SUFFIXES) or host.count(".") != _dots(host):
        return f"its host {host!r} is not a vault, such as myvault{_VAULT_SUFFIXES[0]}"
    if parts.username or port not in (None, 443) or parts.query or parts.fragment:
        return "it has more than a host and a path"
    segments = parts.path.rstrip("/").split("/")
    if len(segments) not in (3, 4) or segments[1].lower() != "secrets":
        return "its path is not /secrets/<name> or /secrets/<name>/<version>"
    if not _SECRET_NAME.fullmatch(segments[2]):
        return f"the secret's name {segments[2]!r} may only have letters, digits and hyphens"
    if len(segments) == 4 and not _SECRET_VERSION.fullmatch(segments[3]):
        return f"the version {segments[3]!r} may only have letters and digits"
    return None


def _dots(host: str) -> int:
    """How many dots a vault's host has in its cloud: one name before the suffix."""
    return next(suffix.count(".") for suffix in _VAULT_SUFFIXES if host.endswith(suffix))


def _host(parts: t.Any) -> str:
    return parts.hostname.lower()


def read_login_server(option: str, text: str) -> str:
    """A login server in the spelling to store: lower case, no scheme. Raises InvalidOption.

    The docker client's own way to write Docker Hub, https://index.docker.io/v1/, is taken as well.
    """
    name = text.strip().lower()
    if name.rstrip("/") in ("https://index.docker.io/v1", "https://index.docker.io", "https://docker.io"):
        return DOCKER_HUB
    if "://" in name or "/" in name:
        raise InvalidOption(f"{option} must be a host name alone, without https:// and without a path: {text!r}.")
    if not _HOST.fullmatch(name) or ("." not in name.split(":")[0] and name.split(":")[0] != "localhost"):
        raise InvalidOption(
            f"{option} is not the host name of a registry: {text!r}. Examples are docker.io and myregistry.azurecr.io."
        )
    return name


def same_login_server(one: str, other: str) -> bool:
    """Whether docker uses one sign-in for both: the same host in any casing, or two names of Docker Hub."""
    one, other = one.strip().lower(), other.strip().lower()
    return one == other or (one in _DOCKER_HUB_NAMES and other in _DOCKER_HUB_NAMES)


def docker_hub_advice(login_server: str) -> str | None:
    """A warning for hosts of Docker Hub that docker does not sign in to for images such as user/image."""
    if login_server in _DOCKER_HUB_HOSTS:
        return (
            f"docker does not use a credential for {login_server} when it pulls or pushes an image of Docker Hub such "
            f"as user/image: it looks for one under {DOCKER_HUB}."
        )
    return None


def is_azure_registry(login_server: str) -> bool:
    """Whether an identity alone can sign in there: only Azure's own registries exchange a token."""
    return login_server.endswith(_REGISTRY_SUFFIXES)
