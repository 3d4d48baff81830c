"""The desk on a free port of loopback, in threads of the test process."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import override_settings


class QuietHandler(WSGIRequestHandler):
    """Requests of a test are not worth a line each."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadedWSGIServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), QuietHandler, connections_override={})
        with override_settings(WHITENOISE_AUTOREFRESH=False):  # a browser asks for them all
            self.set_app(get_wsgi_application())


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """The address of a desk that answers until the block ends. Call it with the test's settings in place."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        connections.close_all()
