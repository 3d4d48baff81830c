"""Stop the desk that runs, detached or not, and its private database."""

from __future__ import annotations

import argparse

from paydesk.cli.outcomes import DONE, OUR_ERROR, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to choose


def run(args: argparse.Namespace) -> int:
    del args
    from paydesk.config import environment, running
    from paydesk.config.database_server import PrivateServer
    from paydesk.config.server_place import recorded_place

    home = environment.home()
    lock = running.RunLock(home)
    stopped = False
    if not lock.take():
        record = running.read_record(home)
        if "pid" not in record:
            say("paydesk is just being started; try again in a moment.")
            return OUR_ERROR
        running.ask_to_stop(record["pid"])
        say("Stopping ...")
        if not running.wait_until(lock.take, seconds=90):
            say(f"Process {record['pid']} has not stopped within 90 s (see {home / 'log'}).")
            return OUR_ERROR
        stopped = True
    # What a killed `up` left behind.
    stopped = bool(running.end_leftovers(running.read_record(home))) or stopped
    running.forget_record(home)
    if recorded_place(home) is not None:
        stopped = PrivateServer(home).stop_if_last(say) or stopped
    print("paydesk is stopped." if stopped else "paydesk was not running.")
    return DONE
