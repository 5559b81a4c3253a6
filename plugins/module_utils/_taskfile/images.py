# Copyright: (c) 2026, acr.tasks contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What the engine reads out of a build text and out of image names."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

_DOMAIN = re.compile(
    r"(?P<domain>(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
    r"(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?)/(?P<path>.+)"
)
_REFERENCE = re.compile(r"(?P<name>[^@]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>[^@]+))?", re.ASCII)


def unquoted(word: str) -> str:
    """The word without the quotation marks around it."""
    if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'":
        return word[1:-1]
    return word


def full_image_name(image: str) -> str:
    """The image with the tag latest if it has neither tag nor digest."""
    return image if ":" in image or "@" in image else image + ":latest"


def push_names(images: list[str]) -> list[str]:
    """Full names of the images, each once, in order."""
    return list(dict.fromkeys(map(full_image_name, images)))


def words_after(text: str, *flags: str) -> list[str]:
    """The word behind each of the flags. A flag that carries its value after "=" is not seen."""
    words = text.split()
    return [unquoted(word) for flag, word in itertools.pairwise(words) if flag in flags]


def tags_of(text: str) -> list[str]:
    return words_after(text, "-t", "--tag")


def build_arguments_of(text: str) -> list[str]:
    return words_after(text, "--build-arg")


@dataclass(frozen=True)
class BuildText:
    """The parts of a build text that decide what is built. file: "" for the default; target: "" for the last stage.
    context: a path in the working directory, or a URL."""

    file: str
    target: str
    context: str
    tags: tuple[str, ...]
    arguments: tuple[str, ...]


def read_build(text: str) -> BuildText:
    """The engine's reading: the context is the last word that is no flag and does not follow one; "." without any."""
    words = text.split()
    context = "."
    for position, word in enumerate(words):
        if not word.startswith("-") and not (position and words[position - 1].startswith("-")):
            context = word
    files = words_after(text, "-f", "--file")
    targets = words_after(text, "--target")
    return BuildText(
        file=files[-1] if files else "",
        target=targets[-1] if targets else "",
        context=context,
        tags=tuple(tags_of(text)),
        arguments=tuple(build_arguments_of(text)),
    )


def with_context(text: str, context: str) -> str:
    """The text with its context replaced; words are then separated by single spaces."""
    words = text.split()
    for position, word in enumerate(words):
        if not word.startswith("-") and not (position and words[position - 1].startswith("-")):
            words[position] = context
            break
    return " ".join(words)


def with_cache(text: str, registry: str, task_name: str, step_id: str) -> str:
    """A build text with the flags of ``cache: enabled``. registry: the run's, for tags without a registry.

    Without a tag the text stays as it is. task_name: "" for a quick run.
    """
    domain = path = first_path = ""
    for tag in tags_of(text):
        match = _REFERENCE.fullmatch(tag)
        if not match:
            return text
        split = _DOMAIN.fullmatch(match["name"])
        domain, path = (split["domain"], split["path"]) if split else ("", match["name"])
        first_path = first_path or path
        if domain:
            break
    if not first_path:
        return text
    if not domain:
        domain, path = registry, first_path
    reference = f"{domain}/{path}:cache_{task_name or 'quickrun'}_{step_id}"
    return f"--load --cache-to=type=registry,ref={reference},mode=max --cache-from=type=registry,ref={reference} {text}"
