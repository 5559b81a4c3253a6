# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``python -m azure_emulator``."""

import sys

from azure_emulator.cli import main

sys.exit(main())
