"""Loads the demo company, in a process of its own: `python -m paydesk.config.first_run`.

`paydesk.demo.first_run(say)` loads it when the database is empty, and returns one sign-in per role, each a
dictionary with `role`, `email` and `password`; with people in the database it does nothing and returns [].
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    import django

    django.setup()
    from paydesk import demo
    from paydesk.config.database_setup import connected, remember

    first_run = getattr(demo, "first_run", None)
    if first_run is None:
        return
    sign_ins = first_run(say)
    with connected(os.environ["DATABASE_URL"]) as connection:
        remember(connection, "demo", sign_ins)


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
