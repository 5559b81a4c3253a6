# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task file of the options `content` and `src`: read, and checked. Private to this collection.

The check is that of _taskfile, which knows all rules of the task engine. Loading it takes longer than everything else
in a call that changes nothing, so a file that is of the plainest form is recognised as valid by `is_plainly_valid`.
That function may only ever say yes to what _taskfile finds no fault with; a test holds it to that.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.acr.tasks.plugins.module_utils._errors import InvalidOption

# A scalar that is text for every YAML reader: starts like a word, an alias or an option, has no colon before a blank or
# at its end, and is no number, date or boolean because a blank, a slash or a dollar sign is in it.
_TEXT = r"(?=[^ \n]*[ /$])(?:[A-Za-z$]|-(?=[A-Za-z]))(?:[A-Za-z0-9 $._/@=+,-]|:(?=[^ \n]))*"
_WORD = r"(?=[^ \n]*/)[A-Za-z][A-Za-z0-9._/-]*"
_ALIASES = r"alias:\n  values:\n(?:    [A-Za-z]+: " + _WORD + r"\n)+"
_STEP = (
    r"  - (?:(?:build|cmd): "
    + _TEXT
    + r"\n(?:    (?:timeout: [1-9][0-9]{0,4}|disableWorkingDirectoryOverride: true)\n)?"
    r"|push:\n(?:    - " + _TEXT + r"\n)+)"
)
_PLAIN = re.compile(r"version: v1\.1\.0\n(?:" + _ALIASES + r")?steps:\n(?:" + _STEP + r")+")


def read_content(params: dict[str, t.Any]) -> None:
    """Puts the file of `src` into `content`, and checks it. Raises InvalidOption, with the lines that are wrong."""
    option = "content"
    if params["src"] is not None:
        option = f"src ({params['src']})"
        params["content"] = _read_file(params["src"])
    content = params["content"]
    if content is None or (is_plainly_valid(content) and params["values_content"] is None):
        return
    from ansible_collections.acr.tasks.plugins.module_utils._taskfile import validate

    values = {str(name): str(value) for name, value in (params["values"] or {}).items()}
    problems = validate(content, values=values, values_text=params["values_content"])
    fatal = [str(problem) for problem in problems if problem.fatal]
    if not content.strip():
        fatal = ["it is empty"]
    if fatal:
        raise InvalidOption(f"{option} is no valid task file: {'; '.join(fatal)}", hint="Correct the task file.")


def is_plainly_valid(text: str) -> bool:
    """Whether `text` is a task file so plain that nothing can be wrong with it. No says nothing."""
    # Two aliases of the same name are for the real check.
    names = re.findall(r"^    ([A-Za-z]+): ", text.partition("\nsteps:\n")[0], re.MULTILINE)
    whole = text if text.endswith("\n") else text + "\n"
    return len(set(names)) == len(names) and _PLAIN.fullmatch(whole) is not None


def _read_file(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return file.read()
    except OSError as error:
        raise InvalidOption(f"src: the task file {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise InvalidOption(f"src: the task file {path} is not UTF-8 text.") from None
