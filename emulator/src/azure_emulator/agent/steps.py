# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""Works through the steps of a task: order, retries, time limits, and what the log says about it (task-files A8, A9,
A12)."""

from __future__ import annotations

import asyncio
from datetime import datetime

from azure_emulator.agent.backends.base import Backend, StepError
from azure_emulator.agent.log import RunLog
from azure_emulator.agent.taskfile import Step, Task
from azure_emulator.agent.taskfile.images import read_build
from azure_emulator.agent.timeline import TimedOutError, Timeline

_PUSH_PAUSES = (0.25, 0.5, 1)  # seconds after the first, second and third attempt
_TIMED_OUT = "timed out"


class StepsError(Exception):
    """The run is over: the engine's last word."""


class Steps:
    """One pass over a task's steps."""

    def __init__(self, task: Task, backend: Backend, log: RunLog, time: Timeline) -> None:
        self._task = task
        self._backend = backend
        self._log = log
        self._time = time
        self._began: dict[str, datetime] = {}
        self._ended: dict[str, datetime] = {}

    async def run(self) -> None:
        """All steps; ready ones side by side. The first failure ends the run: raises StepsError."""
        finished = {step.id: asyncio.Event() for step in self._task.steps}
        running = [asyncio.create_task(self._when_ready(step, finished)) for step in self._task.steps]
        try:
            await asyncio.gather(*running)
        finally:
            for other in running:
                other.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        for step in self._task.steps:
            self._summarize(step)

    async def _when_ready(self, step: Step, finished: dict[str, asyncio.Event]) -> None:
        for parent in step.parents:
            await finished[parent].wait()
        try:
            await self._carry_out(step)
        except (StepError, TimedOutError) as error:
            text = _TIMED_OUT if isinstance(error, TimedOutError) else error.text
            if self._time.is_over:
                raise TimedOutError from error
            if not step.ignore_errors:
                raise StepsError(f"failed to run step ID: {step.id}: {text}") from error
            self._log.line(
                f"Step ID: {step.id} encountered an error: {text}, but is set to ignore errors. Continuing..."
            )
        finished[step.id].set()

    async def _carry_out(self, step: Step) -> None:
        self._log.line(
            f"Executing step ID: {step.id}. Timeout(sec): {step.timeout}, "
            f"Working directory: '{step.working_directory}', Network: '{step.network}'"
        )
        if step.start_delay > 0:
            self._log.line(f"Waiting {step.start_delay} seconds before executing step ID: {step.id}")
            await self._time.wait(step.start_delay)
        self._began[step.id] = self._time.now
        try:
            if step.kind == "cmd" and step.pull:
                self._log.line("Step specified pull. Performing an explicit pull...")
            if step.kind == "build":
                self._warn_of_context(read_build(step.build).context)
                self._log.line("Scanning for dependencies...")
                await self._backend.scan(step)
                self._log.line("Successfully scanned dependencies")
            time = self._time.until(step.timeout)
            if step.kind == "push":
                await self._push(step, time)
            else:
                await self._repeated(step, time)
        finally:
            self._ended[step.id] = self._time.now

    def _warn_of_context(self, context: str) -> None:
        if "github" in context.lower() and ".git" not in context.lower():
            self._log.line(
                f"WARNING: {context} might not be valid context. Valid Git repositories should end with .git."
            )

    async def _push(self, step: Step, time: Timeline) -> None:
        for image in step.push:
            for attempt, pause in enumerate(_PUSH_PAUSES, 1):
                self._log.line(f"Pushing image: {image}, attempt {attempt}")
                try:
                    await self._backend.push(image, time)
                except StepError:
                    await time.wait(pause)
                else:
                    self._log.line(f"Successfully pushed image: {image}")
                    break
            else:
                raise StepError("failed to push images successfully")

    async def _repeated(self, step: Step, time: Timeline) -> None:
        """1 + repeat times, also after a failure; the failures are reported together."""
        failures = []
        for _turn in range(1 + step.repeat):
            try:
                await self._with_retries(step, time)
            except StepError as error:
                failures.append(error.text)
        if failures:
            raise StepError(", ".join(failures))

    async def _with_retries(self, step: Step, time: Timeline) -> None:
        left = step.retries
        while True:
            self._log.line(f"Launching container with name: {step.id}")
            try:
                await (self._backend.build if step.kind == "build" else self._backend.command)(step, time)
            except StepError as error:
                worth_it = not step.retry_on_errors or any(words in error.output for words in step.retry_on_errors)
                if left == 0 or not worth_it:
                    self._log.line(f"Container failed during run: {step.id}. No retries remaining.")
                    raise
                left -= 1
                self._log.line(
                    f"Container failed during run: {step.id}, waiting {step.retry_delay} seconds before retrying..."
                )
                await time.wait(step.retry_delay)
            else:
                self._log.line(f"Successfully executed container: {step.id}")
                return

    def _summarize(self, step: Step) -> None:
        elapsed = (self._ended[step.id] - self._began[step.id]).total_seconds()
        self._log.line(f"Step ID: {step.id} marked as successful (elapsed time in seconds: {elapsed:.6f})")
        if step.kind == "build":
            self._log.line(f"Populating digests for step ID: {step.id}...")
            self._log.line(f"Successfully populated digests for step ID: {step.id}")
