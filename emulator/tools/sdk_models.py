# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Reads a model class of an Azure SDK package: its members on the wire and their types.

The SDKs have two generations of models. The older one describes itself in ``_attribute_map`` and ``_validation``,
the newer one by class members of type ``_RestField`` and by annotations.
"""

from __future__ import annotations

import datetime
import enum
import types
import typing
from dataclasses import dataclass, field
from typing import Any

_OLD_SCALARS = {
    "str": "string",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "bool": "boolean",
    "object": "any",
    "iso-8601": "string",
    "rfc-1123": "string",
    "duration": "string",
    "bytearray": "string",
    "unix-time": "integer",
}
_NEW_SCALARS = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    bytes: "string",
    datetime.datetime: "string",
    datetime.timedelta: "string",
    Any: "any",
    object: "any",
}


@dataclass(frozen=True)
class Field:
    """``path``: names on the wire, more than one where the SDK flattens. ``type``: see ``_type_schema``."""

    path: tuple[str, ...]
    type: Any
    read_only: bool


@dataclass
class Described:
    fields: list[Field]
    discriminator: str = ""
    subtypes: dict[str, type] = field(default_factory=dict)  # discriminator value -> class


def describe(models: Any, model: type) -> Described:
    """``models``: the package that ``model`` is from, where the names of other models are looked up."""
    return _old(models, model) if hasattr(model, "_attribute_map") else _new(models, model)


def _old(models: Any, model: Any) -> Described:
    validation = getattr(model, "_validation", {})
    fields = [
        Field(
            tuple(entry["key"].replace("\\.", "\0").split(".")),
            _old_type(models, entry["type"]),
            bool(validation.get(attribute, {}).get("readonly")),
        )
        for attribute, entry in model._attribute_map.items()
    ]
    described = Described(fields)
    # Subclasses inherit the map of their base: only the class that declares it is abstract.
    if "_subtype_map" in vars(model):
        attribute, names = next(iter(model._subtype_map.items()))
        described.discriminator = model._attribute_map[attribute]["key"]
        described.subtypes = {value: getattr(models, name) for value, name in names.items()}
    return described


def _old_type(models: Any, text: str) -> Any:
    if text.startswith("["):
        return ("list", _old_type(models, text[1:-1]))
    if text.startswith("{"):
        return ("map", _old_type(models, text[1:-1]))
    if text in _OLD_SCALARS:
        return _OLD_SCALARS[text]
    named = getattr(models, text)
    return "string" if isinstance(named, type) and issubclass(named, enum.Enum) else named


def _new(models: Any, model: Any) -> Described:
    hints = typing.get_type_hints(model, localns={"_models": models})
    found: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        found |= {name: value for name, value in vars(base).items() if type(value).__name__ == "_RestField"}
    described = Described([])
    for attribute, rest in found.items():
        described.fields.append(
            Field(
                (rest._rest_name_input or attribute,),
                # Some moments travel as seconds, whatever the annotation says.
                "integer" if rest._format == "unix-timestamp" else _new_type(hints.get(attribute, Any)),
                rest._visibility == ["read"],
            )
        )
        if rest._is_discriminator and getattr(model, "__mapping__", {}):
            described.discriminator = rest._rest_name_input or attribute
    if described.discriminator and vars(model).get("__mapping__"):
        described.subtypes = dict(model.__mapping__)
    else:
        described.discriminator = ""
    return described


def _new_type(hint: Any) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        real = [argument for argument in arguments if argument is not type(None)]
        kinds = [_new_type(argument) for argument in real]
        return kinds[0] if all(kind == kinds[0] for kind in kinds) else "any"
    if origin is list:
        return ("list", _new_type(arguments[0]))
    if origin is dict:
        return ("map", _new_type(arguments[1]))
    if origin is typing.Literal:
        return "string"
    if hint in _NEW_SCALARS:
        return _NEW_SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "string"
    if isinstance(hint, type):
        return hint
    return "any"
