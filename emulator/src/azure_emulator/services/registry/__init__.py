# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Container registries: the ARM resource, and the data plane that docker, az and the run agent talk to."""
