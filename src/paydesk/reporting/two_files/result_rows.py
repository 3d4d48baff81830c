"""The result of a run to look through: its rows beside their lines, filtered, searched and paged by DuckDB.

Made from what was written for people, matches.csv and exceptions.csv, and from the two sides; so a screen
shows what the files say, and needs no table of ours for a million rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

MEMORY = "512MB"
BESIDE = ("reference", "provider_ref", "account", "msisdn", "name", "amount", "currency", "at", "status")
LINE = (
    "id", "reference", "provider_ref", "account", "msisdn", "name", "amount", "fee", "currency", "at",
    "status", "batch",
)  # fmt: skip
PERSONAL = ("msisdn", "name")
FILTERS = {"matches": ("status", "kind", "rule"), "exceptions": ("class", "currency", "only")}
KEYS = {
    "matches": ("left_id", "right_id", "status", "kind"),
    "exceptions": ("class", "left_id", "right_id"),
}
COLUMNS = {  # of the CSV files, said here as well so that a screen need not load the engine
    "matches": ("match_id", "left_id", "right_id", "status", "kind", "rule", "score", "why"),
    "exceptions": ("class", "left_id", "right_id", "why", "runner_up"),
}
SORTS = {
    "": "n",
    "amount": "abs(coalesce(left_amount, right_amount)), n",
    "-amount": "abs(coalesce(left_amount, right_amount)) DESC, n",
    "at": "coalesce(left_at, right_at) NULLS LAST, n",
    "-at": "coalesce(left_at, right_at) DESC NULLS LAST, n",
}


@contextmanager
def duck(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB with little memory; what does not fit goes to disk beside the result, and is gone afterwards."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 1")
        spill = str(folder / "spill").replace("'", "''")
        connection.execute(f"SET temp_directory = '{spill}'")
        yield connection


def make_rows(result: Path, sides: Mapping[str, Path]) -> dict[str, int]:
    """Write matches.parquet and exceptions.parquet into `result`, each row with the amounts and texts of its
    lines, in the order of the CSV files; how many rows each has."""
    counts = {}
    with duck(result) as connection:
        for what, columns in COLUMNS.items():
            types = ", ".join(f"'{name}': '{'BIGINT' if name == 'score' else 'VARCHAR'}'" for name in columns)
            beside = ", ".join(f'{s[0]}."{name}" AS {s}_{name}' for s in ("left", "right") for name in BESIDE)
            read = (
                f"read_csv($csv, columns = {{{types}}}, header = true, delim = ',', quote = '\"',"
                " escape = '\"', nullstr = '\\0', new_line = '\\n', auto_detect = false, strict_mode = false,"
                " max_line_size = 16777216)"
            )
            keys = " || '|' || ".join(f"c.{name}" for name in KEYS[what])
            order = f"{keys}, c.{columns[0]}"  # as the files are sorted
            connection.execute(
                f"COPY (SELECT row_number() OVER (ORDER BY {order}) AS n, c.*, {beside} FROM {read} c"
                " LEFT JOIN read_parquet($left) l ON l.id = c.left_id"
                " LEFT JOIN read_parquet($right) r ON r.id = c.right_id"
                f" ORDER BY n) TO '{_quoted(result / what)}.parquet' (FORMAT parquet)",
                {
                    "csv": str(result / f"{what}.csv"),
                    "left": str(sides["left"]),
                    "right": str(sides["right"]),
                },
            )
            found = connection.execute("SELECT count(*) FROM read_parquet(?)", [f"{result / what}.parquet"])
            counts[what] = int((found.fetchone() or (0,))[0])
    return counts


def _name(column: str) -> str:
    return f'"{column}"'


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


@dataclass(frozen=True)
class Wanted:
    """Which rows: `filters` by name as in FILTERS, `text` anywhere in ids, references and texts.

    `sees_people` says whether names and phone numbers are searched as well.
    """

    filters: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    sort: str = ""
    sees_people: bool = False

    def where(self) -> tuple[str, list[Any]]:
        parts: list[str] = []
        values: list[Any] = []
        for name, value in self.filters.items():
            if name == "only":
                parts.append("right_id = ''" if value == "left" else "left_id = ''")
            elif name == "currency":
                parts.append("coalesce(left_currency, right_currency) = ?")
                values.append(value)
            else:
                parts.append(f'"{name}" = ?')
                values.append(value)
        if self.text:
            columns = [
                "left_id", "right_id", "why",
                *(f"{side}_{name}" for side in ("left", "right") for name in self._searched()),
            ]  # fmt: skip
            found = [f"contains(lower({column}), ?)" for column in columns]
            values += [self.text.casefold()] * len(found)
            if (amount := _millionths(self.text)) is not None:
                found += ["abs(left_amount) = ?", "abs(right_amount) = ?"]
                values += [amount, amount]
            parts.append(f"({' OR '.join(found)})")
        return (" WHERE " + " AND ".join(parts) if parts else ""), values

    def _searched(self) -> tuple[str, ...]:
        texts = ("reference", "provider_ref", "account")
        return (*texts, *PERSONAL) if self.sees_people else texts


def _millionths(text: str) -> int | None:
    plain = text.replace(",", "").replace("\u2212", "-").lstrip("-")
    whole, _, rest = plain.partition(".")
    if not (whole + rest).isascii() or not (whole + rest).isdigit() or len(whole) > 12 or len(rest) > 6:
        return None
    return int(whole or "0") * 1_000_000 + int(rest.ljust(6, "0") or "0")


class ResultRows:
    """The rows of one finished run."""

    def __init__(self, result: Path, sides: Mapping[str, Path]) -> None:
        self.result = result
        self.sides = sides

    def page(self, what: str, wanted: Wanted, *, start: int, size: int) -> tuple[list[dict[str, Any]], int]:
        """`size` rows of matches or exceptions from the `start`-th on, and how many there are in all."""
        where, values = wanted.where()
        with duck(self.result) as connection:
            place = [str(self.result / f"{what}.parquet")]
            counted = connection.execute(f"SELECT count(*) FROM read_parquet(?){where}", place + values)
            total = int((counted.fetchone() or (0,))[0])
            found = connection.execute(
                f"SELECT * FROM read_parquet(?){where} ORDER BY {SORTS.get(wanted.sort, 'n')}"
                f" LIMIT {int(size)} OFFSET {int(start)}",
                place + values,
            )
            return _dicts(found), total

    def choices(self, what: str) -> dict[str, list[str]]:
        """The different values of each filter that the rows have."""
        found: dict[str, list[str]] = {}
        with duck(self.result) as connection:
            for name in FILTERS[what]:
                if name == "only":
                    continue
                column = "coalesce(left_currency, right_currency)" if name == "currency" else f'"{name}"'
                rows = connection.execute(
                    f"SELECT DISTINCT {column} AS v FROM read_parquet(?) WHERE v <> '' ORDER BY v",
                    [str(self.result / f"{what}.parquet")],
                ).fetchall()
                found[name] = [row[0] for row in rows]
        return found

    def row(self, what: str, number: int) -> dict[str, Any] | None:
        """Row `number`, with all rows of its group as `group` where it is a match of several lines."""
        place = [str(self.result / f"{what}.parquet")]
        with duck(self.result) as connection:
            found = _dicts(connection.execute("SELECT * FROM read_parquet(?) WHERE n = ?", [*place, number]))
            if not found:
                return None
            row = found[0]
            row["group"] = [row]
            if what == "matches" and row["kind"] != "1:1":
                row["group"] = _dicts(
                    connection.execute(
                        "SELECT * FROM read_parquet(?) WHERE match_id = ? ORDER BY n LIMIT 200",
                        [*place, row["match_id"]],
                    )
                )
            return row

    def lines(self, side: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The whole lines of a side with these ids, by id."""
        wanted = [each for each in dict.fromkeys(ids) if each]
        if not wanted:
            return {}
        with duck(self.result) as connection:
            found = connection.execute(
                f"SELECT line_id, {', '.join(map(_name, LINE))} FROM read_parquet(?)"
                f" WHERE id IN ({', '.join('?' * len(wanted))})",
                [str(self.sides[side]), *wanted],
            )
            return {row["id"]: row for row in _dicts(found)}


def _dicts(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
