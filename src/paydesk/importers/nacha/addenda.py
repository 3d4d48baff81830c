"""What the addenda of an entry say: a return, a change, remittance text, the parties of an "
"international one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from paydesk.importers.nacha.fields import Entry, date_in, number_in, words
from paydesk.importers.nacha.reasons import is_contested, is_dishonoured, is_refused_change


@dataclass(frozen=True, slots=True)
class Return:
    """Addenda 99. `first_code` is the reason of the return that is dishonoured or contested."""

    line_text: str
    code: str
    original_trace: str
    died_on: date | None = None
    first_code: str = ""
    dishonoured_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Addenda 98: what to change, to what. `refused_code` is there when the change itself is refused."""

    code: str
    original_trace: str
    corrected: tuple[tuple[str, str], ...]
    refused_code: str = ""


@dataclass(frozen=True, slots=True)
class International:
    """Addenda 10 to 18 of an IAT entry; the foreign amount in hundredths, None when it is not there."""

    kind: str = ""
    amount: int | None = None
    receiver: str = ""
    originator: str = ""
    originator_bank: str = ""
    receiver_bank: str = ""
    receiver_id: str = ""
    remittance: str = ""


def return_of(entry: Entry) -> Return | None:
    """The return an entry carries, or None."""
    text = next((each for each in entry.addenda if each[1:3] == "99"), None)
    if text is None:
        return None
    code, original = text[3:6].upper(), text[6:21].strip()
    if is_dishonoured(code):
        return Return(text, code, original, first_code=_code(text[56:58]), note=words(text[58:79]))
    if is_contested(code):
        return Return(text, code, original, None, _code(text[56:58]), _code(text[76:78]))
    note = text[45:79] if entry.batch and entry.batch.is_international else text[35:79]
    return Return(text, code, original, date_in(text[21:27]), note=words(note))


def change_of(entry: Entry) -> Change | None:
    """The notification of change an entry carries, or None."""
    text = next((each for each in entry.addenda if each[1:3] == "98"), None)
    if text is None:
        return None
    code, original = text[3:6].upper(), text[6:21].strip()
    if is_refused_change(code):
        return Change(text[64:67].upper(), original, corrected(text[64:67].upper(), text[35:64]), code)
    return Change(code, original, corrected(code, text[35:64]))


def corrected(code: str, data: str) -> tuple[tuple[str, str], ...]:
    """The new values in the 29 columns of corrected data, each with the name of its field.

    The columns are fixed by the code; banks that only leave blanks between the values are read as well.
    """
    names = _CORRECTED.get(code)
    plain = data.strip()
    if not names or not plain:
        return (("corrected data", plain),) if plain else ()
    if len(names) == 1:
        return ((names[0], words(plain)),)
    parts = plain.split()
    if len(parts) == len(names):
        return tuple(zip(names, parts, strict=True))
    found, place = [], 0
    for name in names:
        width = _WIDTHS[name]
        if value := words(data[place : place + width]):
            found.append((name, value))
        place += width
    return tuple(found)


def remittance_of(entry: Entry, most: int) -> str:
    """The free text of addenda 05 run together as it was cut, up to `most` characters."""
    text = ""
    for each in entry.addenda:
        if each[1:3] == "05":
            text += each[3:83]
            if len(text) > 2 * most:
                break
    plain = words(text)
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def terminal_of(entry: Entry) -> str:
    """Where a card was used, from addenda 02; "" when there is none."""
    text = next((each for each in entry.addenda if each[1:3] == "02"), "")
    return words(f"{text[35:62]} {text[62:77]} {text[77:79]}")


def international_of(entry: Entry) -> International:
    """The parties and the foreign amount of an international entry, as far as its addenda say."""
    found = {each[1:3]: each for each in reversed(entry.addenda)}
    ten, empty = found.get("10", " " * 94), " " * 94
    remittance = words(" ".join(each[3:83] for each in entry.addenda if each[1:3] == "17"))
    return International(
        ten[3:6].strip(), number_in(ten[6:24]), words(ten[46:81]), words(found.get("11", empty)[3:38]),
        words(found.get("13", empty)[3:38]), words(found.get("14", empty)[3:38]),
        words(found.get("15", empty)[3:18]), remittance,
    )  # fmt: skip


def _code(two: str) -> str:
    return f"R{two}" if number_in(two) is not None else ""


_CORRECTED: dict[str, tuple[str, ...]] = {
    "C01": ("account number",),
    "C02": ("routing number",),
    "C03": ("routing number", "account number"),
    "C04": ("name",),
    "C05": ("transaction code",),
    "C06": ("account number", "transaction code"),
    "C07": ("routing number", "account number", "transaction code"),
    "C08": ("routing number",),
    "C09": ("individual identification",),
}
_WIDTHS = {"account number": 17, "routing number": 9, "transaction code": 3}
