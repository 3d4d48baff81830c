"""Deliver messages and run jobs until stopped; `up` runs one by itself."""

from __future__ import annotations

import argparse

from paydesk.cli.outcomes import DONE, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to choose


def run(args: argparse.Namespace) -> int:
    del args
    from paydesk.config.desk import open_desk

    with open_desk(say):
        from paydesk.foundation.outbox.worker import run as run_worker

        run_worker()
    return DONE
