"""Start the desk, on the first run with a demo company; Ctrl-C stops it.

The database, the web server and the worker run as long as this command, or with `--detach` until `down`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from paydesk.cli.outcomes import DONE, OUR_ERROR, WrongUse, say

DEFAULT_PORT = 8000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help=f"where to listen (default {DEFAULT_PORT})"
    )
    parser.add_argument("--detach", action="store_true", help="return when it is ready; `down` stops it")
    parser.add_argument(
        "--no-demo", action="store_true", help="do not load the demo company into an empty database"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port between 1 and 65535")
    return int(text)


def run(args: argparse.Namespace) -> int:
    from paydesk.config import environment, running

    home = environment.home()
    # Other machines reach the desk only when it is told so.
    host = os.environ.get("PAYDESK_LISTEN") or "127.0.0.1"
    lock = running.RunLock(home)
    if not running.wait_until(lock.take, seconds=0.2):  # `status` looks at the lock for an instant
        return _already_runs(home)
    left = running.end_leftovers(running.read_record(home))
    if left:
        say(f"Ended {len(left)} processes of a paydesk that was killed.")
    if not running.is_free(host, args.port):
        free = running.next_free_port(host, args.port)
        raise WrongUse(f"Port {args.port} is taken; {free} is free: ./paydesk up --port {free}")
    if args.detach:
        lock.give_back()
        return _detached(home, args)
    return _foreground(home, host, args)


def _already_runs(home: Path) -> int:
    from paydesk.config import running

    record = running.read_record(home)
    pid, address = record.get("pid"), record.get("address", "")
    if record.get("state") == "ready":
        say(f"paydesk already runs as process {pid}; ./paydesk down stops it.")
        show(address, record["sign_ins"])
    else:
        print(f"paydesk is being started at {address} by process {pid}")
    return DONE


def _foreground(home: Path, host: str, args: argparse.Namespace) -> int:
    from paydesk.config import running
    from paydesk.config.supervisor import BrokenDown, Supervisor

    supervisor = Supervisor(home, host, args.port, with_demo=not args.no_demo, say=say)
    try:
        supervisor.run(show)
    except BrokenDown as problem:
        if args.debug:
            raise
        say(str(problem))
        return OUR_ERROR
    finally:
        running.forget_record(home)
    say("Stopped.")
    return DONE


def show(address: str, sign_ins: list[dict[str, str]]) -> None:
    print(f"paydesk runs at {address}")
    if sign_ins:
        widths = [max(len(entry[key]) for entry in sign_ins) for key in ("role", "email")]
        print("Demo sign-ins:")
        for entry in sign_ins:
            print(f"  {entry['role']:{widths[0]}}  {entry['email']:{widths[1]}}  {entry['password']}")
    sys.stdout.flush()


def _detached(home: Path, args: argparse.Namespace) -> int:
    """Start the foreground command in a session of its own and stay until it is ready or has ended."""
    from paydesk.config import running
    from paydesk.config.environment import rotated_log

    command = [sys.executable, "-m", "paydesk", "up", "--port", str(args.port)]
    command += ["--no-demo"] * args.no_demo + ["--debug"] * args.debug
    log = rotated_log(home / "log" / "up.log")
    with log.open("ab") as output, log.open("rb") as words:
        words.seek(0, os.SEEK_END)
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,
        )
        try:
            while True:
                ended = child.poll()
                record = running.read_record(home)
                sys.stderr.write(words.read().decode(errors="replace"))
                sys.stderr.flush()
                if record.get("pid") == child.pid and record.get("state") == "ready":
                    show(record["address"], record["sign_ins"])
                    return DONE
                if ended is not None:
                    return ended if ended > 0 else OUR_ERROR
                time.sleep(0.05)
        except KeyboardInterrupt:
            child.terminate()
            child.wait()
            raise
