# Copyright: (c) 2026, acr.tasks contributors
# SPDX-License-Identifier: Apache-2.0
"""The command line of ``azure-emulator``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shlex
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from azure_emulator import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status. 2: wrong use."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["taskfile"]:
        # It has options of its own, which argparse would take for ours.
        from azure_emulator import taskfile_command

        return taskfile_command.main(given[1:])
    options = _parser().parse_args(given)
    try:
        return options.action(options)
    except UseError as error:
        print(f"azure-emulator: {error}", file=sys.stderr)
        return 2


class UseError(Exception):
    """The command cannot be carried out; the text says why."""


def default_directory() -> Path:
    """Below XDG_STATE_HOME or ~/.local/state; a user without a home gets a private place among temporary files."""
    if base := os.environ.get("XDG_STATE_HOME"):
        return Path(base) / "azure-emulator"
    try:
        return Path.home() / ".local" / "state" / "azure-emulator"
    except RuntimeError:
        return Path(tempfile.gettempdir()) / f"azure-emulator-{os.getuid()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="azure-emulator",
        description="A local Azure for rehearsing Azure Container Registry tasks. Nothing reaches the real cloud.",
    )
    parser.add_argument("--version", action="version", version=f"azure-emulator {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    state = argparse.ArgumentParser(add_help=False)
    state.add_argument(
        "--state-dir",
        type=Path,
        default=default_directory(),
        help="where the certificate authority, the log and the last state are kept (default: %(default)s)",
    )
    start = argparse.ArgumentParser(add_help=False)
    start.add_argument("--seeds", type=Path, help="YAML file merged over the default seeds")

    run = commands.add_parser("run", parents=[state, start], help="run a command against a fresh local Azure")
    run.add_argument("command", nargs=argparse.REMAINDER, help="-- COMMAND and its arguments")
    run.set_defaults(action=_run)
    serve = commands.add_parser("serve", parents=[state, start], help="start a local Azure and keep it running")
    serve.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    serve.set_defaults(action=_serve)
    env = commands.add_parser("env", parents=[state], help="print the environment for the running local Azure")
    env.add_argument("--json", action="store_true", help='as {"set": {...}, "unset": [...]}')
    env.set_defaults(action=_env)
    show = commands.add_parser("state", parents=[state], help="print what the local Azure holds, without secrets")
    show.set_defaults(action=_state)
    log = commands.add_parser("log", parents=[state], help="print the requests of the running or the last run")
    log.add_argument("--json", action="store_true", help="as JSON lines")
    log.set_defaults(action=_log)
    commands.add_parser("taskfile", help="check and render a task file")
    return parser


def _run(options: argparse.Namespace) -> int:
    from azure_emulator import launcher

    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        raise UseError("run needs a command: azure-emulator run -- COMMAND ARGUMENTS")
    return _started(options, lambda seeds: launcher.run(options.state_dir, seeds, command))


def _serve(options: argparse.Namespace) -> int:
    from azure_emulator import launcher

    return _started(options, lambda seeds: launcher.serve(options.state_dir, seeds, options.port))


def _started(options: argparse.Namespace, start: Any) -> int:
    # Imported late: `env`, `state` and `log` must be quick.
    from azure_emulator import seeds
    from azure_emulator.server import StateDirectoryInUse

    try:
        return asyncio.run(start(seeds.load(options.seeds)))
    except (seeds.SeedsError, StateDirectoryInUse) as error:
        raise UseError(str(error)) from error


def _env(options: argparse.Namespace) -> int:
    block = _ask(options.state_dir, "environment")
    if options.json:
        print(json.dumps(block))
        return 0
    for name in block["unset"]:
        print(f"unset {name}")
    for name, value in block["set"].items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _state(options: argparse.Namespace) -> int:
    if _running(options.state_dir):
        print(json.dumps(_ask(options.state_dir, "state"), indent=1, ensure_ascii=False))
        return 0
    file = options.state_dir / "state.json"
    if not file.exists():
        raise UseError(f"No emulator has run with the state directory {options.state_dir}.")
    print(file.read_text(encoding="utf-8"), end="")
    return 0


def _log(options: argparse.Namespace) -> int:
    file = options.state_dir / "log.jsonl"
    if not file.exists():
        raise UseError(f"No emulator has run with the state directory {options.state_dir}.")
    for line in file.read_text(encoding="utf-8").splitlines():
        print(line if options.json else _readable(json.loads(line)))
    return 0


def _readable(record: dict[str, Any]) -> str:
    kind = record["kind"]
    if kind == "refused":
        return f"     REFUSED {record['host']}:{record['port']} {record['reason']}"
    if kind == "violation":
        return f"     WRONG BODY {record['method']} {record['path']} {record['message']}"
    if kind == "defect":
        return f"     DEFECT {record['text']}"
    query = "&".join(f"{name}={value}" for name, value in record["query"].items())
    fault = f"  [{record['fault']}]" if record["fault"] else ""
    target = f"https://{record['host']}{record['path']}" + (f"?{query}" if query else "")
    return f"{record['number']:4} {record['status'] or '---'} {record['method']:6} {target}{fault}"


def _running(directory: Path) -> dict[str, Any] | None:
    """emulator.json of a live emulator, or None."""
    try:
        running = json.loads((directory / "emulator.json").read_text(encoding="utf-8"))
        os.kill(running["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return running


def _ask(directory: Path, name: str) -> Any:
    running = _running(directory)
    if running is None:
        raise UseError(f"No emulator is running with the state directory {directory}: start azure-emulator serve.")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{running['url']}/__emulator/{name}", timeout=10) as answer:
            return json.load(answer)
    except urllib.error.URLError as error:
        raise UseError(f"The emulator at {running['url']} does not answer: {error.reason}") from error


if __name__ == "__main__":
    sys.exit(main())
