"""A row of a table by the names of its columns, made a dict only when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class RawRow(Mapping[str, str]):
    """Equals dict(zip(names, cells)), cannot be changed. Most rows of a long file are never looked into."""

    __slots__ = ("_by_name", "_names", "_row", "_separator")

    def __init__(self, names: tuple[str, ...], row: list[str] | str, separator: str = "") -> None:
        """`row` is its cells, or its text with `separator` between them."""
        self._names = names
        self._row = row
        self._separator = separator

    def by_name(self) -> dict[str, str]:
        """The cells by column name, worked out at the first call. Do not change it."""
        try:
            return self._by_name
        except AttributeError:
            row = self._row
            cells = row.split(self._separator) if isinstance(row, str) else row
            self._by_name: dict[str, str] = dict(zip(self._names, cells, strict=False))
            return self._by_name

    def __getitem__(self, name: str) -> str:
        return self.by_name()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name())

    def __len__(self) -> int:
        return len(self.by_name())

    def __repr__(self) -> str:
        return repr(self.by_name())
