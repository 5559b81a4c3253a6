# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""ACR tasks and their runs. The requests and answers are here; what happens inside a run is in ``agent``."""
