"""One request over HTTP: with time-outs, a size limit, and no following of redirects."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

SECONDS = 10
MOST_BYTES = 256 * 1024


class UnreachableError(Exception):
    """Nobody answered, or not with what can be an answer; one sentence without what was asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def request(
    method: str,
    base_url: str,
    path: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    seconds: float = SECONDS,
) -> Answer:
    """Ask `base_url` + `path` once. Credentials go to that host alone: a redirect counts as an answer.

    Raises UnreachableError when the host cannot be reached, takes longer than `seconds` for one step, or
    sends more than MOST_BYTES.
    """
    parts = urlsplit(base_url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise UnreachableError("The address of the provider is not one of the web; correct the connection.")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    options = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
    connection = kind(parts.hostname, parts.port, timeout=seconds, **options)  # type: ignore[arg-type]
    try:
        connection.request(method, f"{parts.path.rstrip('/')}{path}", body=body, headers=dict(headers))
        response = connection.getresponse()
        found = response.read(MOST_BYTES + 1)
        if len(found) > MOST_BYTES:
            raise UnreachableError(f"{parts.hostname} sent more than {MOST_BYTES:,} bytes.")
        return Answer(response.status, found)
    except (OSError, http.client.HTTPException) as problem:
        raise UnreachableError(f"{parts.hostname} did not answer ({type(problem).__name__}).") from problem
    finally:
        connection.close()
