"""Show what runs: address, web server, worker, database, versions, home and disk space."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from pathlib import Path
from typing import Any

from paydesk.cli.outcomes import DONE, add_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    found = status(Path(os.environ["PAYDESK_HOME"]))
    if args.json:
        print(json.dumps(found))
        return DONE
    database = found["database"]
    print(f"paydesk   {'runs at ' + found['address'] if found['running'] else 'does not run'}")
    for name in ("web", "worker"):
        print(f"{name:9} {'process ' + str(found[name]['pid']) if found[name]['running'] else 'not running'}")
    version = f"PostgreSQL {database['version']}" if database["version"] else "not running"
    print(f"database  {version} ({database['kind']}, {database['url'] or 'not made yet'})")
    print(f"versions  {', '.join(f'{name} {number}' for name, number in found['versions'].items())}")
    print(f"home      {found['home']}, {found['disk']['free_bytes'] // 2**30} GB free on its disk")
    return DONE


def status(home: Path) -> dict[str, Any]:
    """What runs under `home`; only looks, starts nothing and makes nothing."""
    from paydesk.config import running

    up = running.RunLock(home).is_held() if os.access(home, os.W_OK) else False
    record = running.read_record(home) if up else {}
    entries = record.get("processes", {})
    return {
        "running": record.get("state") == "ready",
        "address": record.get("address"),
        "started_at": record.get("started_at"),
        "pid": record.get("pid"),
        **{
            name: {"running": running.is_alive(entries.get(name)), "pid": entries.get(name, {}).get("pid")}
            for name in ("web", "worker")
        },
        "database": _database(home),
        "versions": _versions(),
        "home": str(home),
        "disk": {
            "free_bytes": shutil.disk_usage(
                next(place for place in (home, *home.parents) if place.exists())
            ).free
        },
    }


def _database(home: Path) -> dict[str, Any]:
    import psycopg

    from paydesk.config.database_server import owner_url
    from paydesk.config.server_place import recorded_place

    given = os.environ.get("DATABASE_URL")
    place = None if given else recorded_place(home)
    url = given or (owner_url(place) if place else None)
    version = None
    if url:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                number = connection.info.server_version
                version = f"{number // 10_000}.{number % 10_000}"
        except psycopg.Error:
            pass  # not running is what is shown then
    return {
        "kind": "given" if given else "private",
        "running": version is not None,
        "version": version,
        "url": _without_password(url) if url else None,
    }


def _without_password(url: str) -> str:
    scheme, _, rest = url.partition("://")
    account, at, place = rest.rpartition("@")
    return f"{scheme}://{account.partition(':')[0]}{at}{place}"


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version(), "django": version("django"), "psycopg": version("psycopg")}
