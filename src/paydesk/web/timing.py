"""How long an answer took and how many statements it made, in its head: for benchmarks and to find out why a
page is slow. Switched on by PAYDESK_SERVER_TIMING=1."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import HttpRequest, HttpResponseBase


class ServerTiming:
    """Adds `Server-Timing: app;dur=12.3, cpu;dur=6.0, db;dur=4.5;desc="9"`.

    Milliseconds until the answer was made, of processor time of this process for it, in the database, and how
    many statements it made there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.SERVER_TIMING:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        spent: list[float] = []

        def timed(execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
            started = time.perf_counter()
            try:
                return execute(statement, params, many, context)
            finally:
                spent.append(time.perf_counter() - started)

        started, cpu = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(timed):
            response = self.get_response(request)
        took = time.perf_counter() - started
        response["Server-Timing"] = (
            f"app;dur={took * 1000:.1f}, cpu;dur={(time.thread_time() - cpu) * 1000:.1f}, "
            f'db;dur={sum(spent) * 1000:.1f};desc="{len(spent)}"'
        )
        return response
