# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The storage account behind run logs: append blobs that are read with a shared access signature."""
