"""The commands. Each is a module with `add_arguments(parser)` and `run(args) -> int`, and one line here.

The first line of the module's docstring is its help. What is heavy is imported inside `run`, so that the
list of commands and `--help` answer at once.

Exit codes: 0 done; 1 a checked invariant is broken (or a check failed); 2 the input was refused;
64 wrong use; 70 our own error. Progress and refusals go to stderr, results to stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from paydesk.cli.outcomes import OUR_ERROR, REFUSED, WRONG_USE, WrongUse, say
from paydesk.kernel.refused import Refused

COMMANDS = {
    "up": "paydesk.cli.up",
    "down": "paydesk.cli.down",
    "status": "paydesk.cli.status",
    "test": "paydesk.cli.test",
    "lint": "paydesk.cli.lint",
    "migrate": "paydesk.cli.migrate",
    "read": "paydesk.cli.read",
    "formats": "paydesk.cli.formats",
    "reconcile": "paydesk.cli.reconcile",
    "categorise": "paydesk.cli.categorise",
    "fuzz": "paydesk.cli.fuzz",
    "check": "paydesk.cli.check",
    "bench": "paydesk.cli.bench",
    "worker": "paydesk.cli.worker",
    "market": "paydesk.cli.market",
    "clocks": "paydesk.cli.clocks",
    "person": "paydesk.cli.person",
    "manage": "paydesk.cli.manage",
    "demo": "paydesk.cli.demo",
}


class _Parser(argparse.ArgumentParser):
    """Wrong use ends with 64 and one line, not with argparse's 2 and a usage text."""

    def error(self, message: str) -> NoReturn:
        raise WrongUse(f"{message} (see {self.prog} --help)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command named first in `arguments`; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    as_json, debug = "--json" in words, "--debug" in words
    try:
        return _run(words)
    except WrongUse as problem:
        return _tell(WRONG_USE, "refused", str(problem), as_json)
    except Refused as problem:
        if debug:
            raise
        return _tell(REFUSED, "refused", problem.text, as_json)
    except BrokenPipeError:  # the reader of our output has gone: `paydesk read FILE | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as problem:
        if debug:
            raise
        first_line = (str(problem).strip().splitlines() or [""])[0]
        text = f"{type(problem).__name__}: {first_line}" if first_line else type(problem).__name__
        return _tell(OUR_ERROR, "error", f"{text} (the whole story: the same command with --debug)", as_json)


def _run(words: list[str]) -> int:
    # Commands read these from the environment, and so do the processes they start.
    os.environ["PAYDESK_HOME"] = os.path.abspath(os.environ.get("PAYDESK_HOME") or ".paydesk")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paydesk.config.settings")
    for ending in (signal.SIGTERM, signal.SIGHUP):  # like Ctrl-C: what a command opened it closes
        signal.signal(ending, signal.default_int_handler)
    if not words or words[0] in ("--help", "-h", "help"):
        return _list_commands()
    name = words[0]
    if name not in COMMANDS:
        raise WrongUse(f"There is no command {name!r}; ./paydesk alone lists the commands.")
    module = import_module(COMMANDS[name])
    parser = _Parser(prog=f"paydesk {name}", description=_help_of(name), allow_abbrev=False)
    parser.add_argument("--debug", action="store_true", help="show the whole error, with its traceback")
    module.add_arguments(parser)
    result: int = module.run(parser.parse_args(words[1:]))
    sys.stdout.flush()
    return result


def _help_of(name: str) -> str:
    return (import_module(COMMANDS[name]).__doc__ or "").strip().splitlines()[0]


def _list_commands() -> int:
    print("paydesk, the payment operations desk. Commands:\n")
    for name in COMMANDS:
        print(f"  ./paydesk {name:12}{_help_of(name)}")
    print("\nEach explains itself with --help.")
    return 0


def _tell(code: int, key: str, text: str, as_json: bool) -> int:
    say(text)
    if as_json:
        print(json.dumps({key: text}))
    return code
