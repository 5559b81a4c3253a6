# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Takes runs from Queued to their end, one asyncio task each."""

from __future__ import annotations

import asyncio
import sys
import traceback
from dataclasses import dataclass

from azure_emulator.agent import dependency_list, plan
from azure_emulator.agent.backends.base import Dependencies, Session
from azure_emulator.agent.backends.simulate import SimulatedBackend
from azure_emulator.agent.contexts import NO_CONTEXT
from azure_emulator.agent.credentials import Credentials, SignIn
from azure_emulator.agent.log import RunLog, duration
from azure_emulator.agent.registries import DockerError, Registries
from azure_emulator.agent.run import COMPLETE_MARKS, Run
from azure_emulator.agent.secrets import SecretReader
from azure_emulator.agent.steps import Steps, StepsError
from azure_emulator.agent.taskfile import Task, TaskFileError, volume_files
from azure_emulator.agent.timeline import TimedOutError, Timeline
from azure_emulator.switches import Switches, declare
from azure_emulator.world import World

declare(
    "agent_restarts",
    default=0,
    evidence="acr-wire 8.7: how often an agent is lost and another begins anew, with a new and shorter log",
)
_FAILED = "failed during run, err: exit status 1"
_LOGIN_PAUSES = (0.25, 0.5, 1)  # seconds between the four attempts


class _FatalError(Exception):
    """The engine gives up; the text is its last word."""


class Agent:
    """All runs under way."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._running: dict[int, tuple[Run, asyncio.Task]] = {}

    def snapshot(self) -> dict:
        return {"running": [run.run_id for run, _ in self._running.values()]}

    def start(self, run: Run) -> None:
        """Needs a running event loop."""
        task = asyncio.get_running_loop().create_task(_Execution(self._world, run).whole())
        self._running[id(run)] = (run, task)
        task.add_done_callback(lambda _: self._running.pop(id(run), None))

    def cancel(self, run: Run) -> None:
        """The run ends as Canceled, a moment later."""
        _, task = self._running.get(id(run), (run, None))
        if task is not None:
            task.cancel()

    async def idle(self) -> None:
        """Waits until no run is under way."""
        while self._running:
            await asyncio.wait([task for _, task in self._running.values()])

    @property
    def is_current(self) -> bool:
        """False after a reset: the world has another agent then, and nothing of this one's may be seen."""
        return self._world.part(Agent) is self


@dataclass
class _Execution:
    """One run."""

    world: World
    run: Run

    async def whole(self) -> None:
        self._agent = self.world.part(Agent)
        self._log = RunLog(self.world, self.run)
        try:
            await asyncio.sleep(self.world.part(Switches)["run_queue_seconds"])
            if not self._agent.is_current:
                return
            status, verdict = await self._started()
        except asyncio.CancelledError:
            status, verdict = "Canceled", "was canceled"
        except Exception:
            # A defect of the emulator, not of the task; the real service calls its own such failures Error too.
            traceback.print_exc(file=sys.stderr)
            self.run.error_message = "internal error"
            status, verdict = "Error", "failed"
        if self._agent.is_current:
            self._end(status, verdict)

    async def _started(self) -> tuple[str, str]:
        run, now = self.run, self.world.clock.now()
        self._log.open()
        self._set("Started")
        run.started = now
        self._time = Timeline(self.world, None).until(run.work.timeout)
        self._registries = Registries(self.world)
        self._session = Session(self.world, run.work, self._log, self._registries)
        self._backend = SimulatedBackend(self._session)
        try:
            await self._time.work()
            self._set("Running")
            for _ in range(self.world.part(Switches)["agent_restarts"]):
                self._log.line("Setting up Docker configuration...")
                await self._time.work()
                self._log.open()
                await self._time.work()
            await self._engine()
        except TimedOutError:
            run.error_message = f"timed out after {run.work.timeout} seconds"
            return "Timeout", "timed out"
        except (_FatalError, StepsError, TaskFileError) as error:
            self._log.raw(error.message if isinstance(error, TaskFileError) else str(error))
            run.error_message = _FAILED
            return "Failed", "failed"
        return "Succeeded", "was successful"

    async def _engine(self) -> None:
        run = self.run
        if run.work.source is not NO_CONTEXT:
            self._log.line("Downloading source code...")
            await self._time.work()
            self._log.line("Finished downloading source code")
        started = self._time.now
        credentials = Credentials(self.world, run.work, self._registries)
        sign_ins: list[SignIn] = []
        if run.work.step["type"] == "Docker":
            self._log.line(f"Using {plan.home_volume(run)} as the home volume")
            try:
                sign_ins += credentials.resolved()
            except TaskFileError as error:
                raise error.within("failed to resolve secrets") from error
            task = plan.docker_task(run, started)
            if not sign_ins and any(step.kind == "push" for step in task.steps):
                raise _FatalError("when specifying push, at least one credential is required")
        else:
            text = plan.task_file(run)
            if plan.uses_aliases(text):
                self._log.line(
                    "Alias support enabled for version >= 1.1.0, please see https://aka.ms/acr/tasks/task-aliases for "
                    "more information."
                )
            secrets = SecretReader(self.world, run.work)
            task = plan.task_of(run, text, started, secrets, lambda: sign_ins.extend(credentials.resolved()))
        self._set_up_networks(task)
        self._log.line("Setting up Docker configuration...")
        self._log.line("Successfully set up Docker configuration")
        for sign_in in sign_ins:
            await self._sign_in(sign_in)
        self._set_up_task(task)
        await Steps(task, self._backend, self._log, self._time).run()
        found = [entry for step in task.steps if step.kind == "build" for entry in self._backend.dependencies(step)]
        dependency_list.write(self._log, found)
        self._skip_networks(task)
        run.output_images = [image.body() for image in self._backend.pushed()]
        self._keep_base_images(found)

    async def _sign_in(self, sign_in: SignIn) -> None:
        self._log.line(f"Logging in to registry: {sign_in.server}")
        for pause in (*_LOGIN_PAUSES, None):
            await self._time.work()
            try:
                if sign_in.by_service:
                    self._registries.sign_in_as_service(sign_in.server)
                else:
                    self._registries.sign_in(sign_in.server, sign_in.username, sign_in.password)
            except DockerError as error:
                if pause is None:
                    raise _FatalError(
                        "failed to login, ran out of retries: failed to set docker credentials: "
                        f"{error.text}: exit status {error.code}"
                    ) from error
                await self._time.wait(pause)
            else:
                self._log.line(f"Successfully logged into {sign_in.server}")
                return

    def _set_up_networks(self, task: Task) -> None:
        for network in task.networks:
            if network.skip_creation:
                self._log.line(f"Skip creating network: {network.name}")
                continue
            self._log.line(f"Creating Docker network: {network.name}, driver: '{network.driver}'")
            self._log.line(f"Successfully set up Docker network: {network.name}")

    def _skip_networks(self, task: Task) -> None:
        for network in task.networks:
            if network.skip_creation:
                self._log.line(f"Skip deleting network: {network.name}")

    def _set_up_task(self, task: Task) -> None:
        if task.uses_build_cache:
            self._log.line("Task will use build cache, initializing buildkitd container")
        for name in volume_files(task.volumes):
            self._log.line(f"Volume source {name} successfully created")

    def _keep_base_images(self, found: list[Dependencies]) -> None:
        """The service notes a task's base images after a run; the base image trigger goes by them."""
        work = self.run.work
        task = self.world.resources.get(f"{work.registry_id}/tasks/{work.task_name}") if work.task_name else None
        base_images = dependency_list.base_images(found)
        if task and base_images and task["properties"]["step"]["type"] == work.step["type"]:
            task["properties"]["step"]["baseImageDependencies"] = base_images

    def _set(self, status: str) -> None:
        self.run.status = status
        self.run.updated = self.world.clock.now()

    def _end(self, status: str, verdict: str) -> None:
        run, now = self.run, self.world.clock.now()
        if run.started:
            error = f" Error: {run.error_message}" if status in ("Failed", "Error") else ""
            self._log.raw("")
            dot = "." if error else ""
            self._log.raw(f"Run ID: {run.run_id} {verdict} after {duration(run.started, now)}{dot}{error}")
            self._log.close(COMPLETE_MARKS[status])
        run.finished = now
        self._set(status)
