# Copyright: (c) 2026, acr.tasks contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands in for pip's installer inside ansible-test: installs pip from Python's own copy instead of downloading it.

ansible-test calls it as it calls the original: `get_pip.py [options] pip setuptools wheel …`.
"""

import subprocess
import sys

# As a child process: ensurepip leaves a variable behind that would hide the user's pip settings from us.
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *arguments]))
