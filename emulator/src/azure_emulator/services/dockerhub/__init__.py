# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Docker Hub: token sign-in, tags and manifests of public and private repositories."""
