"""How providers are reached: a file outside the database, because it holds keys."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from paydesk.connectors.hubtel import Hubtel
from paydesk.connectors.mpesa import Mpesa
from paydesk.domain.providers.models import SourceAccount

KINDS = ("hubtel", "mpesa")


class ConnectionsError(Exception):
    """The file of connections cannot be used; one sentence, without anything of its content."""


@dataclass(frozen=True, slots=True)
class _File:
    """The file as it was last read, so that it is read again only after a change."""

    path: str
    changed_ns: int
    found: dict[tuple[str, str], Hubtel | Mpesa]
    keys: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)


_read: _File | None = None


def connection_to(account: SourceAccount) -> Hubtel | Mpesa | None:
    """The client for an account, None where none is set up. Raises ConnectionsError for a damaged file."""
    path = getattr(settings, "CONNECTIONS_FILE", None)
    if not path:
        return None
    return _content(Path(path)).found.get((account.provider.code, account.identifier))


def signing_keys(account: SourceAccount, names: Sequence[str]) -> list[dict[str, str]]:
    """The keys by which callbacks of an account are proved, that hold all of `names`; several while one is
    replaced by another. Raises ConnectionsError for a damaged file."""
    path = getattr(settings, "CONNECTIONS_FILE", None)
    if not path:
        return []
    entries = _content(Path(path)).keys.get((account.provider.code, account.identifier), [])
    return [each for each in entries if all(each.get(name) for name in names)]


def has_connection(account: SourceAccount) -> bool:
    """Whether an account's provider can be asked."""
    try:
        return connection_to(account) is not None
    except ConnectionsError:
        return False


def _content(path: Path) -> _File:
    global _read
    try:
        changed = path.stat().st_mtime_ns
        if _read is None or (_read.path, _read.changed_ns) != (str(path), changed):
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            _read = _File(str(path), changed, _clients(content), _keys(content))
    except OSError as problem:
        raise ConnectionsError(
            f"The file of connections cannot be read ({type(problem).__name__})."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ConnectionsError("The file of connections is no TOML.") from None
    return _read


def _keys(content: dict[str, Any]) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Of each [[callback]] its keys, by provider and account."""
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for number, each in enumerate(content.get("callback", []), start=1):
        keys = {name: value for name, value in each.items() if isinstance(value, str)}
        try:
            place = keys.pop("provider"), keys.pop("account")
        except KeyError as problem:
            raise ConnectionsError(f"Callback {number} names no {problem.args[0]}.") from None
        found.setdefault(place, []).append(keys)
    return found


def _clients(content: dict[str, Any]) -> dict[tuple[str, str], Hubtel | Mpesa]:
    found: dict[tuple[str, str], Hubtel | Mpesa] = {}
    for number, each in enumerate(content.get("connection", []), start=1):
        try:
            base = (str(each["base_url"]), str(each["account"]), str(each["key"]), str(each["secret"]))
            client: Hubtel | Mpesa
            if each["kind"] == "hubtel":
                client = Hubtel(*base)
            elif each["kind"] == "mpesa":
                client = Mpesa(
                    *base, passkey=str(each.get("passkey", "")), pulls=bool(each.get("pulls", False))
                )
            else:
                raise ConnectionsError(
                    f"Connection {number} is of no kind that is known: {', '.join(KINDS)}."
                )
            found[str(each["provider"]), str(each["account"])] = client
        except KeyError as problem:
            raise ConnectionsError(f"Connection {number} names no {problem.args[0]}.") from None
    return found
