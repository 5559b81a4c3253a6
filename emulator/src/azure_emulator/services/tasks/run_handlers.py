# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Runs: scheduleRun, GET, list, PATCH, cancel, and the links to logs and uploads (acr-wire 8)."""

from __future__ import annotations

from datetime import timedelta

from azure_emulator.agent.run import Run
from azure_emulator.agent.runner import Agent
from azure_emulator.clouds import cloud_of
from azure_emulator.exchange import Answer, Call
from azure_emulator.problems import Problem
from azure_emulator.services.blob.models import BlobStore
from azure_emulator.services.registry.handlers import registry_of
from azure_emulator.services.registry.models import registry_id_of
from azure_emulator.services.registry.stamps import modified, system_data
from azure_emulator.services.tasks.paging import page
from azure_emulator.services.tasks.run_book import RunBook, log_place, upload_place
from azure_emulator.services.tasks.run_filters import matches
from azure_emulator.services.tasks.run_rendering import full, scheduled
from azure_emulator.services.tasks.run_requests import decoded_token, work_of
from azure_emulator.switches import Switches

_LOG_LINK = timedelta(minutes=70)
_UPLOAD_LINK = timedelta(minutes=60)


def schedule_run(call: Call) -> Answer:
    """Starts a run and answers at once: 200 with the run's id, Queued."""
    registry, given = registry_of(call), call.json
    work = work_of(call, registry)
    override = given.get("overrideTaskStepProperties") or {}
    token = override.get("updateTriggerToken")
    book, now = call.world.part(RunBook), call.world.clock.now()
    update_token = decoded_token(token) if token else ""
    run_id = book.next_id(registry["id"])
    host, path = log_place(registry, run_id, cloud_of(call.host).blob_suffix)
    run = Run(
        run_id=run_id,
        work=work,
        log_host=host,
        log_path=path,
        created=now,
        updated=now,
        system_data=modified(call.caller, now),
        archive=bool(given.get("isArchiveEnabled")),
        update_token=update_token,
    )
    call.world.part(BlobStore).add_account(host)
    book.add(run)
    answer = Answer(200, scheduled(run, _runs_path(call)))
    call.world.part(Agent).start(run)
    return answer


def get_run(call: Call) -> Answer:
    return Answer(200, full(_run_of(call), _runs_path(call)))


def list_runs(call: Call) -> Answer:
    """Newest first. ``$top`` bounds the list."""
    registry = registry_of(call)
    text, top = call.query.get("$filter", ""), call.query.get("$top", "")
    if top and (not top.isdigit() or int(top) < 1):
        raise Problem(400, "InvalidQueryParameter", f"The value '{top}' of $top is not a positive number.")
    found = [run for run in call.world.part(RunBook).newest_first(registry["id"]) if matches(run, text)]
    limit = int(top) if top else None
    return Answer(200, page(call, found, lambda run: full(run, _runs_path(call)), limit))


def patch_run(call: Call) -> Answer:
    """A flat body, isArchiveEnabled only."""
    run, given = _run_of(call), call.json
    now = call.world.clock.now()
    if given.get("isArchiveEnabled") is not None:
        run.archive = bool(given["isArchiveEnabled"])
    run.updated = now
    run.system_data = system_data(run.system_data if "createdAt" in run.system_data else None, call.caller, now)
    return Answer(200, full(run, _runs_path(call)))


def cancel_run(call: Call) -> Answer:
    """No body in either direction. The status follows a little later."""
    run = _run_of(call)
    if run.ended:
        code = call.world.part(Switches)["cancel_finished_code"]
        if code != 200:
            raise Problem(
                code,
                "InvalidRunState",
                f"The run '{run.run_id}' cannot be canceled: it is in the state '{run.status}'.",
                target="request",
            )
        return Answer(200)
    call.world.part(Agent).cancel(run)
    return Answer(200)


def list_log_sas_url(call: Call) -> Answer:
    """The link is given before the blob exists: that begins when the agent starts."""
    run = _run_of(call)
    link = call.world.part(BlobStore).signed_url(run.log_host, run.log_path, "r", _LOG_LINK)
    return Answer(200, {"logLink": link})


def list_upload_url(call: Call) -> Answer:
    registry, now = registry_of(call), call.world.clock.now()
    relative = f"source/{now:%Y%m%d%H%M}/{call.world.new_id().replace('-', '')}.tar.gz"
    host, path = upload_place(registry, relative, cloud_of(call.host).blob_suffix)
    store = call.world.part(BlobStore)
    store.add_account(host)
    link = store.signed_url(host, path, "rw", _UPLOAD_LINK)
    return Answer(200, {"relativePath": relative, "uploadUrl": link})


def _run_of(call: Call) -> Run:
    registry, run_id = registry_of(call), call.params["run"]
    run = call.world.part(RunBook).find(registry["id"], run_id)
    if run is None:
        raise Problem(404, "RunNotFound", f"The run '{run_id}' was not found.", target="request")
    return run


def _runs_path(call: Call) -> str:
    """In the spelling of the request, which ids in answers mirror."""
    return f"{registry_id_of(call.path)}/runs"
