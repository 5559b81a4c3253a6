# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fails if a tracked file names a place that exists on one machine only.

A path of somebody's home or working folder in a script or document works for nobody else. What is searched is the
spelling of such folders; those inside containers of the emulated service (/workspace, /home of a step) are fine.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PLACES = re.compile(rb"(?<![\w.$}~-])/(?:root/\.|home/\w+/|Users/\w+/|work/\w|tmp/\w+/\w)")


def findings() -> list[str]:
    """`path:line: text` of each line that names such a place."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True).stdout
    found = []
    for name in filter(None, listed.decode().split("\0")):
        path = Path(name)
        if path.is_symlink() or not path.is_file():
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if PLACES.search(line):
                found.append(f"{name}:{number}: {line.decode(errors='replace').strip()[:120]}")
    return found


if __name__ == "__main__":
    problems = findings()
    print("\n".join(problems))
    sys.exit(bool(problems))
