"""A worker beside the desk of a browser test: what lies in the queue of files is done, again and again."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from django.db import connections
from django.utils import timezone

from paydesk.domain.payments.tasks import take_up_files


@contextlib.contextmanager
def a_worker() -> Iterator[None]:
    """Takes files up in a thread of its own until the block ends."""
    stop = threading.Event()
    broke: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.wait(0.05):
                take_up_files(timezone.now())
        except BaseException as problem:  # told to the test, which would wait in vain
            broke.append(problem)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if broke:
        raise broke[0]
