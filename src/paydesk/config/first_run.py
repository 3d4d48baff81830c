"""The first run loads the demo company into an empty database, once, and remembers one sign-in per role.

`paydesk_setup` says "loading" meanwhile. Loading that was killed is begun again, but only where nothing else
can have come in: in a private database without a person who is not part of the demo.

Run as `python -m paydesk.config.first_run` it is the process that loads, because that needs all of Django.
`paydesk.demo.first_run(say)` does the work and returns dictionaries with `role`, `email` and `password`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import traceback

from paydesk.config.database_server import Say
from paydesk.config.database_setup import connected, remember, remembered
from paydesk.config.desk import migrate_if_needed
from paydesk.config.environment import home
from paydesk.kernel.refused import Refused

LOADING = "loading"
SignIns = list[dict[str, str]]


def demo_sign_ins(say: Say, *, private: bool) -> SignIns:
    """The demo's sign-ins, after loading it when this is the first run; [] in a database with its own people.

    Raises Refused when it cannot be loaded.
    """
    url = os.environ["DATABASE_URL"]
    with connected(url) as connection:
        known = remembered(connection, "demo")
        if known == LOADING:
            of_others = connection.execute("SELECT EXISTS (SELECT FROM people_person WHERE NOT is_demo)")
            if not private or of_others.fetchone() != (False,):
                raise Refused(
                    "Loading the demo company was interrupted. `./paydesk up --no-demo` keeps what is there; "
                    "`./paydesk demo --reset --until <today>` deletes everything and loads it again."
                )
    if isinstance(known, list):
        return known
    if known == LOADING:
        from paydesk.config.empty_database import empty_database

        say("Loading the demo company was interrupted; it is begun again.")
        empty_database(url, say)
        migrate_if_needed(say)
    say("Loading the demo company ...")
    ended = subprocess.run([sys.executable, "-m", __name__], stdin=subprocess.DEVNULL, check=False)
    if ended.returncode != 0:
        raise Refused(
            "The demo company could not be loaded (see above); `./paydesk up --no-demo` starts without."
        )
    with connected(url) as connection:
        return list(remembered(connection, "demo") or [])


def without_demo() -> None:
    """What an interrupted loading left is kept from now on: real work may be added to it."""
    with connected(os.environ["DATABASE_URL"]) as connection:
        if remembered(connection, "demo") == LOADING:
            remember(connection, "demo", [])


def main() -> None:
    import django

    django.setup()
    from paydesk import demo
    from paydesk.demo.load import is_empty

    with connected(os.environ["DATABASE_URL"]) as connection:
        if is_empty():
            remember(connection, "demo", LOADING)
        remember(connection, "demo", demo.first_run(_say))


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as problem:
        log = home() / "log" / "first-run.log"
        with log.open("a") as file:
            traceback.print_exc(file=file)
        _say(f"{type(problem).__name__}: {problem} (all: {log})")
        sys.exit(70)
