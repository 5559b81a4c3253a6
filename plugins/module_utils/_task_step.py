# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The step of a task. Pure. Private to this collection.

A task has one step: a task file inside the task, a task file in the context, or a Dockerfile in the context. Each row
of FIELDS is one property with its option: how it is written, what Azure takes when it is absent, whether only a PUT
can clear it. A new property of a step is one more row.
"""

from __future__ import annotations

import base64
import binascii
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._diff import UNKNOWN, Hidden
from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

ENCODED, FILE, DOCKER = "EncodedTask", "FileTask", "Docker"
STEP_TYPES = (ENCODED, FILE, DOCKER)
# The option that makes a step what it is.
_MAIN_OPTIONS = {ENCODED: "content", FILE: "task_file", DOCKER: "dockerfile"}

Json = dict[str, t.Any]


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return f"(not text) {text}"  # somebody else's; equal to nothing that we would write


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _same(value: t.Any) -> t.Any:
    return value


def _opposite(value: bool) -> bool:
    return not value


class Field(t.NamedTuple):
    """One property. option: its name as option and in comparable forms. wire: its name in the API.

    default: what absence means. only_put_clears: a PATCH cannot remove it. read, write: between both forms.
    """

    option: str
    wire: str
    types: tuple[str, ...]
    default: t.Any = None
    only_put_clears: bool = False
    read: t.Callable[[t.Any], t.Any] = _same
    write: t.Callable[[t.Any], t.Any] = _same


FIELDS = (
    Field("context", "contextPath", STEP_TYPES, only_put_clears=True),
    Field("content", "encodedTaskContent", (ENCODED,), "", read=_decoded, write=_encoded),
    Field("values_content", "encodedValuesContent", (ENCODED,), None, True, _decoded, _encoded),
    Field("task_file", "taskFilePath", (FILE,)),
    Field("values_file", "valuesFilePath", (FILE,), only_put_clears=True),
    Field("dockerfile", "dockerFilePath", (DOCKER,)),
    Field("images", "imageNames", (DOCKER,), ()),
    Field("push", "isPushEnabled", (DOCKER,), True),
    Field("cache", "noCache", (DOCKER,), True, read=_opposite, write=_opposite),
    Field("target", "target", (DOCKER,), only_put_clears=True),
)


class Named(t.NamedTuple):
    """A list of names with values, some of them secret: two options for one property."""

    option: str
    secret_option: str
    wire: str
    types: tuple[str, ...]


LISTS = (
    Named("values", "secret_values", "values", (ENCODED, FILE)),
    Named("arguments", "secret_arguments", "arguments", (DOCKER,)),
)
TOKEN = "context_access_token"
_TOKEN_WIRE = "contextAccessToken"

SECRET_OPTIONS = (TOKEN, *(each.secret_option for each in LISTS))
OPTIONS = (
    *(field.option for field in FIELDS),
    TOKEN,
    *(name for each in LISTS for name in (each.option, each.secret_option)),
)


def is_shown(value: t.Any) -> bool:
    """Whether Azure showed a secret value: a text that is no row of stars."""
    return isinstance(value, str) and bool(value.strip("*"))


def type_wanted(params: t.Mapping[str, t.Any]) -> str | None:
    """The step's type as far as the options say it. Raises InvalidOption where they contradict each other."""
    found = [kind for kind, option in _MAIN_OPTIONS.items() if params.get(option) is not None]
    if len(found) > 1:
        names = ", ".join(_MAIN_OPTIONS[kind] for kind in found)
        raise InvalidOption(f"A task has one step: give only one of {names}.")
    if found:
        check_options(params, found[0])
    return found[0] if found else None


def check_options(params: t.Mapping[str, t.Any], kind: str) -> None:
    """Raises InvalidOption if an option of another type of step is given."""
    rows: list[tuple[str, tuple[str, ...]]] = [(field.option, field.types) for field in FIELDS]
    rows += [(name, each.types) for each in LISTS for name in (each.option, each.secret_option)]
    wrong = [name for name, types in rows if kind not in types and params.get(name) is not None]
    if wrong:
        raise InvalidOption(f"{', '.join(wrong)} cannot be used with a step that is made by {_MAIN_OPTIONS[kind]}.")


def comparable(step: Json | None, detailed: bool, params: t.Mapping[str, t.Any]) -> Json:
    """The comparable form. detailed: `step` comes from listDetails. params: which hidden things the play cares about.

    Where a secret cannot be seen at all because listDetails was refused, those that the play names count as there.
    """
    step = step or {}
    kind = step.get("type")
    form: Json = {"step_type": kind}
    for field in FIELDS:
        if kind in field.types:
            value = step.get(field.wire)
            form[field.option] = field.default if value in (None, "") else field.read(value)
    if "images" in form:
        form["images"] = sorted(form["images"])
    for each in LISTS:
        if kind in each.types:
            entries = [entry for entry in step.get(each.wire) or [] if entry.get("name")]
            plain = {entry["name"]: str(entry.get("value") or "") for entry in entries if not entry.get("isSecret")}
            secret = {
                entry["name"]: Hidden(str(entry["value"])) if is_shown(entry.get("value")) else UNKNOWN
                for entry in entries
                if entry.get("isSecret")
            }
            if not detailed:
                secret = {**dict.fromkeys(params.get(each.secret_option) or {}, UNKNOWN), **secret}
            form[each.option], form[each.secret_option] = plain, secret
    token = step.get(_TOKEN_WIRE)
    if is_shown(token):
        form[TOKEN] = Hidden(str(token))
    else:
        form[TOKEN] = UNKNOWN if not detailed and params.get(TOKEN) else None
    return form


def wanted(params: t.Mapping[str, t.Any], before: Json | None) -> Json:
    """The comparable form that the options ask for. before: that of the step that is there, or None.

    A step of another type starts from Azure's defaults; only the context is common to all types and stays.
    """
    kind = type_wanted(params) or (before or {}).get("step_type")
    if kind is None and before is not None:
        return {name: before[name] for name in ("step_type", TOKEN)}  # a system task has no step
    if kind not in STEP_TYPES:
        names = ", ".join(_MAIN_OPTIONS.values())
        raise InvalidOption(f"The task does not exist yet, so its step must be given: one of {names} (or src).")
    check_options(params, kind)
    kept = before if before is not None and before.get("step_type") == kind else {}
    form: Json = {"step_type": kind}
    for field in FIELDS:
        if kind in field.types:
            given = params.get(field.option)
            if given is not None:
                form[field.option] = field.default if given == "" else given
            else:
                form[field.option] = kept.get(field.option, field.default)
    form["context"] = form["context"] or (None if params.get("context") == "" else (before or {}).get("context"))
    if "images" in form:
        form["images"] = sorted(form["images"])
    always = params.get("update_secret") == "always"
    for each in LISTS:
        if kind in each.types:
            form[each.option] = _texts(each.option, params, kept)
            form[each.secret_option] = _secret_texts(each.secret_option, params, kept, always)
            twice = sorted({*form[each.option]} & {*form[each.secret_option]})
            if twice:
                raise InvalidOption(f"{', '.join(twice)} cannot be in both {each.option} and {each.secret_option}.")
    token = params.get(TOKEN)
    was = (before or {}).get(TOKEN)
    if token is None:
        form[TOKEN] = was
    elif token == "":
        form[TOKEN] = None
    else:
        form[TOKEN] = was if was == UNKNOWN and not always else Hidden(token)
    return form


def patch(before: Json, after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The `step` of a PATCH that turns one form into the other; {} if nothing differs. Both are of one type."""
    body: Json = {}
    for field in FIELDS:
        if field.option in after and before.get(field.option) != after[field.option]:
            body[field.wire] = _written(field, after)
    for each in LISTS:
        names = (each.option, each.secret_option)
        if each.option in after and any(before.get(name) != after[name] for name in names):
            body[each.wire] = _entries(each, after, params)
    if before.get(TOKEN) != after[TOKEN]:
        body[_TOKEN_WIRE] = _secret_text(TOKEN, after[TOKEN], params)
    return {"type": after["step_type"], **body} if body else {}


def put(after: Json, params: t.Mapping[str, t.Any]) -> Json:
    """The whole `step` for a PUT. Raises InvalidOption naming a secret whose value is not known."""
    body: Json = {"type": after["step_type"]}
    for field in FIELDS:
        if field.option in after and after[field.option] not in (None, "", ()):
            body[field.wire] = _written(field, after)
    for each in LISTS:
        if each.option in after:
            body[each.wire] = _entries(each, after, params)
    if after[TOKEN] is not None:
        body[_TOKEN_WIRE] = _secret_text(TOKEN, after[TOKEN], params)
    return body


def needs_put(before: Json, after: Json) -> list[str]:
    """Options whose change a PATCH cannot make."""
    if before.get("step_type") != after["step_type"]:
        return [_MAIN_OPTIONS[after["step_type"]]]
    names = [
        field.option
        for field in FIELDS
        if field.only_put_clears and after.get(field.option) is None and before.get(field.option) is not None
    ]
    return names + ([TOKEN] if after[TOKEN] is None and before.get(TOKEN) is not None else [])


def to_result(form: Json, step: Json | None) -> Json:
    """All step options, None where the type of step does not have them; nothing secret."""
    result = {name: form.get(name) for name in OPTIONS if name not in SECRET_OPTIONS}
    for each in LISTS:
        result[each.secret_option + "_names"] = sorted(form.get(each.secret_option) or {})
    dependencies = (step or {}).get("baseImageDependencies")
    return {"step_type": form["step_type"], **result, "base_image_dependencies": dependencies or []}


def _written(field: Field, form: Json) -> t.Any:
    value = form[field.option]
    return list(value) if isinstance(value, (list, tuple)) else field.write(value)


def _texts(option: str, params: t.Mapping[str, t.Any], kept: Json) -> Json:
    given = params.get(option)
    if given is None:
        return kept.get(option, {})
    return {str(name): as_text(f"{option}.{name}", value) for name, value in given.items()}


def as_text(option: str, value: t.Any) -> str:
    """The API takes text only: numbers as they are written, booleans in lower case. Raises InvalidOption for others."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, (str, int, float)):
        raise InvalidOption(f"{option} must be a string, a number or a boolean.")
    return str(value)


def _secret_texts(option: str, params: t.Mapping[str, t.Any], kept: Json, always: bool) -> Json:
    given = params.get(option)
    was = kept.get(option, {})
    if given is None:
        return was
    return {
        str(name): UNKNOWN
        if was.get(str(name)) == UNKNOWN and not always
        else Hidden(as_text(f"{option}.{name}", value))
        for name, value in given.items()
    }


def _entries(each: Named, form: Json, params: t.Mapping[str, t.Any]) -> list[Json]:
    plain = [{"name": name, "value": value, "isSecret": False} for name, value in form[each.option].items()]
    given = params.get(each.secret_option) or {}
    secret = [
        {
            "name": name,
            "value": _secret_text(
                f"{each.secret_option}.{name}", value, {f"{each.secret_option}.{name}": given.get(name)}
            ),
            "isSecret": True,
        }
        for name, value in form[each.secret_option].items()
    ]
    return plain + secret


def _secret_text(option: str, value: t.Any, params: t.Mapping[str, t.Any]) -> str:
    """A secret's value: from the form if it is known there, else from the play."""
    if isinstance(value, Hidden):
        return value.reveal()
    if params.get(option) not in (None, ""):
        return as_text(option, params[option])
    raise InvalidOption(
        f"{option} has a value that Azure does not show, and this change would lose it. Give its value as well.",
    )
