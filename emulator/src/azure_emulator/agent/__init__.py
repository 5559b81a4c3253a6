# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""What runs a task: it renders the task file, fetches secrets, signs in, works through the steps, writes the log."""
