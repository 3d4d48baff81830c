"""A gateway of text messages as it speaks over HTTP, on a port of this machine, for tests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass
class Played:
    """`answers` are given in turn, the last again and again; `asked` is (path, headers, fields) of each."""

    url: str = ""
    answers: list[tuple[int, dict[str, Any] | None]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    @property
    def last(self) -> dict[str, str]:
        return self.asked[-1][2]


@contextmanager
def played_gateway() -> Iterator[Played]:
    """The gateway while it runs; an answer None hangs up without one."""
    playing = Played()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            is_json = self.headers.get("Content-Type") == "application/json"
            said = json.loads(body) if is_json else {k: v[0] for k, v in parse_qs(body).items()}
            playing.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, said))
            status, answer = playing.answers.pop(0) if len(playing.answers) > 1 else playing.answers[0]
            if answer is None:
                self.close_connection = True
                return
            sent = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    playing.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield playing
    finally:
        server.shutdown()
        server.server_close()


def taken_by_africas_talking(message_id: str, cost: str = "GHS 0.0400") -> tuple[int, dict[str, Any]]:
    return 201, _told({"statusCode": 101, "number": "+233", "cost": cost, "messageId": message_id})


def refused_by_africas_talking(status: int) -> tuple[int, dict[str, Any]]:
    return 201, _told({"statusCode": status, "number": "+233", "cost": "0", "messageId": "None"})


def _told(recipient: dict[str, Any]) -> dict[str, Any]:
    return {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}}
