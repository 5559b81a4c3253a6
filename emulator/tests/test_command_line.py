# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``azure-emulator`` as people start it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from azure_emulator import cli
from azure_emulator.certificates import client_context

EMULATOR = [sys.executable, "-m", "azure_emulator"]
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def run(directory: Path, *arguments: str, **options):
    return subprocess.run(
        [*EMULATOR, *arguments[:1], "--state-dir", str(directory), *arguments[1:]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@pytest.fixture
def served(tmp_path):
    """A served emulator: (process, emulator.json)."""
    process = subprocess.Popen(
        [*EMULATOR, "serve", "--state-dir", str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    about = json.loads((tmp_path / "emulator.json").read_text(encoding="utf-8"))
    assert about["url"] in line
    yield process, about
    if process.poll() is None:
        process.terminate()
    process.communicate(timeout=20)


def test_run_ends_with_the_commands_status(tmp_path):
    assert run(tmp_path, "run", "--", sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_run_without_a_command_or_with_one_that_is_not_there(tmp_path):
    assert run(tmp_path, "run").returncode == 2
    missing = run(tmp_path, "run", "--", "no-such-command-at-all")
    assert missing.returncode == 127
    assert "no-such-command-at-all" in missing.stderr


def test_environment_leads_to_the_emulator_whatever_was_set_before(tmp_path):
    before = os.environ | {
        "NO_PROXY": ".azure.com",
        "no_proxy": "*",
        "https_proxy": "http://elsewhere:1",
        "SSL_CERT_DIR": "/somewhere",
        "AZURE_PROFILE": "mine",
        "AZURE_FEDERATED_TOKEN_FILE": "/token",
        "AZURE_CONFIG_DIR": "~/.azure",
        "ANSIBLE_AZURE_AUTH_SOURCE": "cli",
    }
    seen = json.loads(run(tmp_path, "run", "--", sys.executable, "-c", SHOW, env=before).stdout)
    proxy = seen["HTTPS_PROXY"]
    assert proxy.startswith("http://127.0.0.1:")
    assert [seen[name] for name in ("https_proxy", "HTTP_PROXY", "http_proxy")] == [proxy] * 3
    assert seen["NO_PROXY"] == seen["no_proxy"] == "127.0.0.1,localhost"
    bundles = [seen[name] for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")]
    assert bundles == [str(tmp_path / "ca.pem")] * 4
    for name in ("SSL_CERT_DIR", "AZURE_PROFILE", "AZURE_FEDERATED_TOKEN_FILE", "ANSIBLE_AZURE_AUTH_SOURCE"):
        assert name not in seen
    assert seen["AZURE_CONFIG_DIR"] == str(tmp_path / "azure-config")
    assert seen["AZURE_SECRET"] == seen["AZURE_CLIENT_SECRET"]
    assert seen["AZURE_TENANT"] == seen["AZURE_TENANT_ID"]
    assert seen["AZURE_CORE_COLLECT_TELEMETRY"] == "no"


def test_private_files(tmp_path):
    seen = run(tmp_path, "run", "--", "stat", "-c", "%a", str(tmp_path / "azure-config")).stdout
    assert seen.strip() == "700"
    for name in ("ca-key.pem", "server-key.pem"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert not (tmp_path / "azure-config").exists()


def test_authority_is_kept_over_restarts(tmp_path):
    run(tmp_path, "run", "--", "true")
    first = (tmp_path / "ca.pem").read_bytes()
    run(tmp_path, "run", "--", "true")
    assert (tmp_path / "ca.pem").read_bytes() == first


def test_run_reports_what_a_rehearsal_must_not_overlook(tmp_path):
    command = (
        "import os, urllib.request\n"
        "for url in ('https://example.com/', 'https://example.com/'):\n"
        "    try: urllib.request.urlopen(url)\n"
        "    except OSError: pass\n"
    )
    answer = run(tmp_path, "run", "--", sys.executable, "-c", command)
    assert answer.returncode == 0
    assert "example.com:443 (2 x)" in answer.stderr


def test_log_and_state_are_there_afterwards(tmp_path):
    command = (
        "import urllib.request\n"
        "try: urllib.request.urlopen('https://management.azure.com/subscriptions?api-version=2022-12-01')\n"
        "except OSError: pass\n"
    )
    run(tmp_path, "run", "--", sys.executable, "-c", command)
    log = run(tmp_path, "log").stdout
    assert "401 GET    https://management.azure.com/subscriptions?api-version=2022-12-01" in log
    assert json.loads(run(tmp_path, "log", "--json").stdout)["status"] == 401
    assert "Directory" in json.loads(run(tmp_path, "state").stdout)["parts"]


def test_signals_reach_the_command(tmp_path):
    command = "import os, signal, time; print('up', flush=True); time.sleep(60)"
    process = subprocess.Popen(
        [*EMULATOR, "run", "--state-dir", str(tmp_path), "--", sys.executable, "-c", command],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "up\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM


def test_serve_answers_env_and_stops(served, tmp_path):
    process, about = served
    block = json.loads(run(tmp_path, "env", "--json").stdout)
    assert block["set"]["HTTPS_PROXY"] == about["url"]
    assert "AZURE_PROFILE" in block["unset"]
    shell = run(tmp_path, "env").stdout
    assert f"export HTTPS_PROXY={about['url']}\n" in shell
    assert "unset SSL_CERT_DIR\n" in shell
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert not (tmp_path / "emulator.json").exists()
    assert run(tmp_path, "env").returncode == 2


def test_serve_stops_with_connections_open(served):
    process, about = served
    with httpx.Client(proxy=about["url"], verify=client_context(Path(about["ca"])), trust_env=False) as client:
        assert client.get("https://management.azure.com/subscriptions").status_code == 401
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_one_emulator_per_state_directory(served, tmp_path):
    second = run(tmp_path, "run", "--", "true")
    assert second.returncode == 2
    assert "--state-dir" in second.stderr


def test_own_seeds(tmp_path):
    seeds = tmp_path / "seeds.yml"
    seeds.write_text("subscription: {id: 00000000-1111-2222-3333-444444444444}\n", encoding="utf-8")
    answer = run(tmp_path / "state", "run", "--seeds", str(seeds), "--", sys.executable, "-c", SHOW)
    assert json.loads(answer.stdout)["AZURE_SUBSCRIPTION_ID"] == "00000000-1111-2222-3333-444444444444"
    seeds.write_text("colour: red\n", encoding="utf-8")
    wrong = run(tmp_path / "state", "run", "--seeds", str(seeds), "--", "true")
    assert wrong.returncode == 2
    assert "'colour'" in wrong.stderr


def test_task_files_have_options_of_their_own(tmp_path):
    file = tmp_path / "acb.yaml"
    file.write_text("version: v1.1.0\nsteps:\n  - cmd: bash echo hello\n", encoding="utf-8")
    answer = subprocess.run(
        [*EMULATOR, "taskfile", "--json", str(file)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (answer.returncode, json.loads(answer.stdout)["ok"]) == (0, True)


def test_user_without_a_home(tmp_path, monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    assert cli.default_directory().name == f"azure-emulator-{os.getuid()}"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert cli.default_directory() == tmp_path / "azure-emulator"
