"""DATABASE_URL to Django's settings: postgresql://user:password@host:port/name, also with ?host=/socket."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_from_url(url: str, *, role: str | None) -> dict[str, Any]:
    """Django's settings for `url`; with `role` every connection works under it (SET ROLE at connect).

    Raises ValueError when the scheme is not PostgreSQL's: paydesk works on PostgreSQL only.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError(
            "DATABASE_URL must begin with postgresql:// ; paydesk works on PostgreSQL 15 or newer only."
        )
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    options: dict[str, Any] = {"application_name": "paydesk", "options": "-c jit=off"}
    options.update({key: value for key, value in query.items() if key not in ("host", "port")})
    if role:
        options["options"] = f"{options.get('options', '')} -c role={role}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
