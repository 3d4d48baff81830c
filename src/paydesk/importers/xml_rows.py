"""Elements to flat rows of text by path, and the few values every part of a message is read by."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from lxml import etree

from paydesk.importers.amounts import Amounts
from paydesk.importers.moments import WINDOW
from paydesk.importers.safe_xml import local_name

_MOMENTS: dict[str, tuple[date, datetime | None]] = {}
_REMEMBERED = 2_000
_AMOUNTS = Amounts(".")
_BEHIND_A_DATE = ("", "T", "Z", "+", "-", " ")  # a time or a zone


def flattened(element: etree._Element) -> dict[str, str]:
    """Each text and attribute below `element` by its path: "BkTxCd/Domn/Cd", "Amt@Ccy", "Ustrd[2]"."""
    found: dict[str, str] = {}
    _flatten(element, "", found)
    return found


def _flatten(parent: etree._Element, path: str, found: dict[str, str]) -> None:
    seen: dict[str, int] = {}
    for each in parent:
        name = local_name(each)
        if not name:
            continue
        count = seen[name] = seen.get(name, 0) + 1
        place = f"{path}{name}[{count}]" if count > 1 else path + name
        text = each.text
        if text and (text := text.strip()):
            found[place] = text
        if each.attrib:
            for attribute, value in each.items():
                found[f"{place}@{str(attribute).rpartition('}')[2]}"] = str(value)
        if len(each):
            _flatten(each, place + "/", found)


def numbered(raw: dict[str, str], path: str, rest: str = "") -> list[str]:
    """The texts at `path`, `path[2]`, ... followed by `rest`, as far as the numbers go."""
    texts = [raw[path + rest]] if path + rest in raw else []
    number = 2
    while any(each.startswith(f"{path}[{number}]") for each in raw):
        if text := raw.get(f"{path}[{number}]{rest}"):
            texts.append(text)
        number += 1
    return texts


def one_line(text: str) -> str:
    """`text` with its blanks and line ends squeezed."""
    return " ".join(text.split())


def text_at(element: etree._Element, *path: str) -> str:
    """The text of the element at `path` of local names on one line; "" when there is none."""
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return ""
        found = next((each for each in found if local_name(each) == name), None)
    return one_line(found.text or "") if found is not None else ""


def amount_of(text: str) -> Decimal | None:
    """The exact amount of an XML amount element, None when it is none."""
    try:
        return _AMOUNTS[text][0]
    except ValueError:
        return None


def date_of(element: etree._Element, name: str) -> date | None:
    """The date in the child `name`: a date, a date and time, or Dt or DtTm inside it. Raises ValueError."""
    return moment(flattened(element), name)[0]


def moment(raw: dict[str, str], name: str) -> tuple[date | None, datetime | None]:
    """(date as written, UTC instant where the text has an offset) of a Dt or DtTm choice."""
    text = raw.get(name + "/Dt") or raw.get(name + "/DtTm") or raw.get(name)
    if not text:
        return None, None
    found = _MOMENTS.get(text)
    if found is None:
        try:
            found = date.fromisoformat(text[:10]), instant(text)
            if text[10:11] not in _BEHIND_A_DATE:
                raise ValueError(text)
        except ValueError as problem:
            raise ValueError(f"its {name} {text!r} is not a date.") from problem
        if not WINDOW[0] <= found[0].year <= WINDOW[1]:
            raise ValueError(f"its {name} {text!r} is not a date of our time ({found[0].year}).")
        if len(_MOMENTS) >= _REMEMBERED:
            _MOMENTS.clear()
        _MOMENTS[text] = found
    return found


def instant(text: str) -> datetime | None:
    """The UTC instant of an ISO text; None without time or offset: nobody knows the clock then."""
    if len(text) <= 10:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None
