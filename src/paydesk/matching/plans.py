"""What stages say in SQL, kept beside the files Python compiles, so that no process works it out again.

Ibis takes some seconds of processor time to write the SQL of a whole run, longer than a small run takes. What
is kept belongs to one state of this package and one version of Ibis; a change of either starts anew. Where
Python may not write its own compiled files, nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

import ibis

MOST = 2_000  # with more, of rules or days that come no more, they are begun anew
Plan = tuple[str, ibis.Schema]


class Plans:
    """The plans in `file`, by what they are made of. A file that cannot be read counts as empty."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept: dict[str, tuple[str, dict[str, str]]] = {}
        self._is_saved = True
        with suppress(OSError, ValueError, TypeError):
            self._kept = dict(json.loads(file.read_text(encoding="utf-8")))

    def get(self, made_of: str) -> Plan | None:
        """The SQL and the columns of that stage, where they are known."""
        if made_of not in self._kept:
            return None
        sql, columns = self._kept[made_of]
        return sql, ibis.schema({name: _kind(kind) for name, kind in columns.items()})

    def put(self, made_of: str, sql: str, schema: ibis.Schema) -> None:
        """Know them from now on."""
        self._kept[made_of] = (sql, {name: str(kind) for name, kind in schema.items()})
        self._is_saved = False

    def save(self) -> None:
        """Keep what is new for later processes; of several that end at once the last one counts."""
        if self._is_saved or sys.dont_write_bytecode:
            return
        self._is_saved = True
        text = json.dumps(self._kept if len(self._kept) <= MOST else {})
        with suppress(OSError):
            for old in self._file.parent.glob("plans-*.json"):
                if old != self._file:
                    old.unlink()
            written = self._file.with_suffix(f".{os.getpid()}")
            written.write_text(text, encoding="utf-8")
            written.replace(self._file)


@lru_cache(maxsize=64)
def _kind(text: str) -> ibis.DataType:
    return ibis.dtype(text)


@lru_cache(maxsize=1)
def plans() -> Plans:
    """Those of this state of the package."""
    state = hashlib.sha256(repr([version("ibis-framework"), version("sqlglot")]).encode())
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        if "tests" not in source.parts:
            state.update(source.read_bytes())
    beside = Path(cache_from_source(__file__)).parent
    return Plans(beside / f"plans-{state.hexdigest()[:16]}.json")
