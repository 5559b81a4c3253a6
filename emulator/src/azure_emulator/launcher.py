# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""``azure-emulator run`` and ``serve``: an emulator around a command, or until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from azure_emulator.server import Emulator

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


async def serve(directory: Path, seeds: dict[str, Any], port: int) -> int:
    """Prints one line when ready; ends on SIGINT or SIGTERM."""
    emulator = Emulator(directory, seeds)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await emulator.start(port)
    print(f"azure-emulator ready on {emulator.url} (state in {emulator.directory})", flush=True)
    await stop.wait()
    await emulator.stop()
    return 0


async def run(directory: Path, seeds: dict[str, Any], command: list[str]) -> int:
    """Runs ``command`` with the environment that leads to a fresh emulator. Returns its exit status.

    Signals go to the command. A command ended by signal N gives 128 + N, as in a shell; one that cannot be
    started 127 (not found) or 126.
    """
    emulator = Emulator(directory, seeds)
    await emulator.start()
    try:
        status = await _run_command(command, apply(emulator.environment(), dict(os.environ)))
    finally:
        await emulator.stop()
    report(emulator)
    return status


def apply(block: dict[str, Any], base: dict[str, str]) -> dict[str, str]:
    """``base`` without what the block unsets, with what it sets."""
    kept = {name: value for name, value in base.items() if name not in block["unset"]}
    return kept | block["set"]


async def _run_command(command: list[str], environment: dict[str, str]) -> int:
    loop = asyncio.get_running_loop()
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except FileNotFoundError as error:
        print(f"azure-emulator: {command[0]}: {error.strerror}", file=sys.stderr)
        return 127
    except OSError as error:
        print(f"azure-emulator: {command[0]}: {error.strerror}", file=sys.stderr)
        return 126

    def forward(number: int) -> None:
        # Ctrl-C on a terminal already reached the command: a second copy would cut its clean-up short.
        from_keyboard = number in (signal.SIGINT, signal.SIGQUIT) and _on_terminal()
        if process.returncode is None and not from_keyboard:
            process.send_signal(number)

    for number in _FORWARDED:
        loop.add_signal_handler(number, forward, number)
    try:
        status = await process.wait()
    finally:
        for number in _FORWARDED:
            loop.remove_signal_handler(number)
    return status if status >= 0 else 128 - status


def _on_terminal() -> bool:
    """Are we, and so the command, the terminal's foreground job?"""
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def report(emulator: Emulator) -> None:
    """What a rehearsal must not overlook, on standard error."""
    refused, violations = emulator.recorder.refused(), emulator.recorder.violations()
    if refused:
        print("azure-emulator: these hosts were asked for and refused:", file=sys.stderr)
        for entry in refused:
            print(f"  {entry['host']}:{entry['port']} ({entry['count']} x): {entry['reason']}", file=sys.stderr)
    if violations:
        print("azure-emulator: these requests had a body that the API does not know:", file=sys.stderr)
        for entry in violations:
            print(f"  {entry['method']} {entry['path']}: {entry['message']}", file=sys.stderr)
    if defects := emulator.recorder.defects():
        print(f"azure-emulator: it failed {len(defects)} time(s) itself; see above or its log.", file=sys.stderr)
