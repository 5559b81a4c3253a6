# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The words of access policies."""

from __future__ import annotations

ALL = "all"

_WORDS = {
    "keys": (
        "encrypt decrypt wrapKey unwrapKey sign verify get list create update import delete backup restore recover "
        "purge release rotate getrotationpolicy setrotationpolicy"
    ),
    "secrets": "get list set delete backup restore recover purge",
    "certificates": (
        "get list delete create import update managecontacts getissuers listissuers setissuers deleteissuers "
        "manageissuers recover purge backup restore"
    ),
    "storage": (
        "get list delete set update regeneratekey recover purge backup restore setsas listsas getsas deletesas"
    ),
}
VOCABULARY = {kind: tuple(words.split()) for kind, words in _WORDS.items()}
_KNOWN = {kind: {ALL, *(word.lower() for word in words)} for kind, words in VOCABULARY.items()}


def known(kind: str, word: str) -> bool:
    """Is this a permission of this kind, in any casing?"""
    return word.lower() in _KNOWN[kind]


def expanded(kind: str, words: list[str]) -> set[str]:
    """What the words give, lower case. ``all`` gives every permission of the kind but ``purge``."""
    given = {word.lower() for word in words}
    if ALL in given:
        given |= _KNOWN[kind] - {"purge"}
    return given - {ALL}
