# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""A run with plain credentials for Docker Hub: what the log says, in which order, and what is pushed."""

from __future__ import annotations

import re

import pytest
from acr import Acr, encoded_task, without_stamps

ARTICLE = """\
version: v1.1.0
alias:
  values:
    REPO: hubuser/hubrepo
steps:
  - build: -t $REPO:$ID https://github.com/Azure-Samples/acr-tasks.git -f hello-world.dockerfile
  - push:
    - $REPO:$ID
"""
PLAIN = {
    "userName": {"type": "Opaque", "value": "hubuser"},
    "password": {"type": "Opaque", "value": "hubpassword"},
}


@pytest.fixture
def acr(azure):
    acr = Acr(azure)
    acr.put_task(encoded_task(ARTICLE))
    return acr


def test_log_in_words_and_order(acr):
    acr.set_credential("docker.io", PLAIN)
    run, log = acr.result()
    assert run["status"] == "Succeeded"
    lines = without_stamps(log)
    text = "\n".join(lines)
    digest = run["outputImages"][0]["digest"]
    expected = [
        "T Alias support enabled for version >= 1.1.0, please see https://aka.ms/acr/tasks/task-aliases for more "
        "information.",
        "T Creating Docker network: acb_default_network, driver: 'bridge'",
        "T Successfully set up Docker network: acb_default_network",
        "T Setting up Docker configuration...",
        "T Successfully set up Docker configuration",
        "T Logging in to registry: myregistry.azurecr.io",
        "T Successfully logged into myregistry.azurecr.io",
        "T Logging in to registry: docker.io",
        "T Successfully logged into docker.io",
        "T Executing step ID: acb_step_0. Timeout(sec): 600, Working directory: '', Network: 'acb_default_network'",
        "T Scanning for dependencies...",
        "T Successfully scanned dependencies",
        "T Launching container with name: acb_step_0",
        "Sending build context to Docker daemon  4.096kB",
        "Step 1/1 : FROM mcr.microsoft.com/hello-world",
        " ---> <id>",
        "Successfully built <id>",
        "Successfully tagged hubuser/hubrepo:ca1",
        "T Successfully executed container: acb_step_0",
        "T Executing step ID: acb_step_1. Timeout(sec): 600, Working directory: '', Network: 'acb_default_network'",
        "T Pushing image: hubuser/hubrepo:ca1, attempt 1",
        "The push refers to repository [docker.io/hubuser/hubrepo]",
        "<id>: Preparing",
        "<id>: Pushed",
        f"ca1: digest: {digest} size: <n>",
        "T Successfully pushed image: hubuser/hubrepo:ca1",
        "T Step ID: acb_step_0 marked as successful (elapsed time in seconds: <s>)",
        "T Populating digests for step ID: acb_step_0...",
        "T Successfully populated digests for step ID: acb_step_0",
        "T Step ID: acb_step_1 marked as successful (elapsed time in seconds: <s>)",
        "T The following dependencies were found:",
        "T ",
        "- image:",
        "    registry: registry.hub.docker.com",
        "    repository: hubuser/hubrepo",
        "    tag: ca1",
        f"    digest: {digest}",
        "  runtime-dependency:",
        "    registry: mcr.microsoft.com",
        "    repository: hello-world",
        "    tag: latest",
    ]
    text = re.sub(r"size: \d+$", "size: <n>", text, flags=re.M)
    text = re.sub(r"seconds: \d+\.\d{6}\)", "seconds: <s>)", text)
    text = re.sub(r"\b[0-9a-f]{12}(?=$|:)", "<id>", text, flags=re.M)
    assert text.split("\n")[: len(expected)] == expected
    assert lines[-3:-1] == ["", ""]
    assert re.fullmatch(r"Run ID: ca1 was successful after \d+s", lines[-1])
