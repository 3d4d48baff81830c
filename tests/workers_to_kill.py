"""Workers that are killed at chosen moments. They are forked off one process in which Django is ready."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from paydesk.domain.statements.models import SourceFile

FORKING = """
import os, sys, traceback
import django; django.setup()
from django.utils import timezone
from paydesk.domain.payments import tasks
{prepared}
for _ in sys.stdin.buffer:
    worker = os.fork()
    if not worker:
        try:
            tasks.take_up_files(timezone.now())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.write(1, b"%d\\n" % worker)
    _, ended = os.waitpid(worker, 0)
    os.write(1, b"%d\\n" % os.waitstatus_to_exitcode(ended))
"""


def child_environment(database: str, home: str = "") -> dict[str, str]:
    """What a process of its own needs to work on `database`."""
    own = settings.DATABASES["default"]
    url = f"postgresql://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT'] or 5432}/{database}"
    if own["HOST"].startswith("/"):
        url = (
            f"postgresql://{own['USER']}:{own['PASSWORD']}@/{database}?host={own['HOST']}&port={own['PORT']}"
        )
    return {
        **os.environ,
        "DATABASE_URL": url,
        "PAYDESK_HOME": home or os.environ.get("PAYDESK_HOME", ""),
        "PAYDESK_AS_OWNER": "",
        "DJANGO_SETTINGS_MODULE": "paydesk.config.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


class Workers:
    """`run` starts one worker and waits for its end; it takes up what lies in the queue of files."""

    def __init__(self, forking: subprocess.Popen[bytes]) -> None:
        assert forking.stdin
        assert forking.stdout
        self._orders, self._answers = forking.stdin, forking.stdout

    def run(self, file: SourceFile, *, kill_after_steps: int) -> bool:
        """Kill the worker once the file moved that many steps; whether it was killed."""
        self._orders.write(b"\n")
        worker, give_up = int(self._answers.readline()), time.monotonic() + 60
        while not select.select([self._answers], [], [], 0.01)[0]:
            moved = SourceFile.objects.values_list("revision", flat=True).get(pk=file.pk) - file.revision
            if moved >= kill_after_steps or time.monotonic() > give_up:
                os.kill(worker, signal.SIGKILL)
                break
        return int(self._answers.readline()) == -signal.SIGKILL


@contextmanager
def workers(database: str, home: str = "", *, prepared: str = "") -> Iterator[Workers]:
    """Workers on `database`; the source `prepared` runs before the first, to make their steps small."""
    with subprocess.Popen(
        [sys.executable, "-c", FORKING.format(prepared=prepared)],
        env=child_environment(database, home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
    ) as forking:  # fmt: skip
        try:
            yield Workers(forking)
        finally:
            forking.kill()
