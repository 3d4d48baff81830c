"""Card data in what people write: of a number the last four digits stay, of track data, CVV and PIN nothing.

Messages, chat and forms go through here before anything of them is stored (PCI DSS 3.2 and 3.4). It is looser
than `card_numbers`, which reads the tables of providers: people write "No.4111-1111..." and break lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from paydesk.kernel.card_numbers import is_card_number
from paydesk.kernel.ibans import ibans_in
from paydesk.kernel.refused import Refused

IsOurs = Callable[[str], bool]
"""Told the digits of a number; says whether they are a reference of our own ledger, which then stays."""

_ZEROS = (
    *(0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66),
    *(0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0, 0x1810, 0xFF10),
)
_TO_ASCII = {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
_TO_ASCII |= dict.fromkeys([0xA0, 0x3000, 0x202F, *range(0x2000, 0x200B)], " ")
_TO_ASCII |= dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFF0D], "-")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")  # of no width; cut out while we look
_LOWER = {upper: chr(upper + 32) for upper in (*range(65, 91), 0xC7, 0xC9, 0xD3, 0xDC)}

_APART = r"(?: ?[._-] ?| |[ \t]*\r?\n[> \t]*)"
_RUN = re.compile(rf"[0-9]+(?:{_APART}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_WORD_BEFORE = re.compile(
    r"(?:^|[^a-z0-9])(?:visa|mastercard|maestro|amex|verve|card|cards|karte|carte|cartao|tarjeta|kadi|no|nr|num"
    r"|number|nummer|numero|pan|cc|ccn|is|%b)$"
)
_WORD_AFTER = re.compile(r"(?:exp|cvv|cvc|valid|till|until|and|und|et)(?![a-z])")
# What follows the number on a magnetic stripe: ^NAME^date and more (track 1), =date and more (track 2).
_TRACK = re.compile(r"\^[^^\r\n]{2,26}\^[0-9]{4}[^?\r\n]{0,60}\??|=[0-9]{7,}[^?\s]{0,40}\??")
_SECRET = re.compile(
    r"(?<![a-z0-9])(?:cvv2?|cvc2?|csc|cvn|card verification (?:code|value|number)|security (?:code|number)"
    r"|sicherheitscode|pr(?:ü|ue)fziffer|pr(?:ü|ue)fnummer|kartenpr(?:ü|ue)fnummer|cryptogramme(?: visuel)?"
    r"|code de s[ée]curit[ée]|c[óo]digo de (?:seguran[çc]a|seguridad)|pin)"
    r"(?: ?(?:code|no|nr|number|is|was|ist|est|=|:|-|\.|#)){0,3}[\s:=#]{0,3}"
    r"([0-9]{3,6})(?![0-9a-z]|[.,][0-9])"
)
_SECRET_WORDS = (
    *(b"cvv", b"cvc", b"csc", b"cvn", b"pin", b"verification", b"security", b"sicherheitscode", b"fziffer"),
    *(b"fnummer", b"crypto", b"code de s", b"digo de s"),
)
_DIGITS_ALIKE = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_BETWEEN = bytes([*b" \t\r\n-._>\x00=\xa0\xad\xc2\xe2", *range(0x80, 0x97), 0xAF, 0xEF, 0xBB, 0xBF])


class CardDataRefused(Refused):
    """A field of a form was given a card number, a CVV or a PIN: nothing of it is kept."""

    code = "card_data.refused"


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A text without card data, and how much of it there was."""

    text: str
    card_numbers: int = 0
    secrets: int = 0  # CVV, PIN, track data

    @property
    def changed(self) -> bool:
        return bool(self.card_numbers or self.secrets)


def nothing_is_ours(digits: str) -> bool:
    """For callers that keep no ledger."""
    return False


def may_hold_card_data(data: bytes) -> bool:
    """A quick look at text as bytes in a charset whose digits are ASCII: False means there is surely none."""
    return may_hold_number(data) or may_hold_secret(data)


def may_hold_number(data: bytes) -> bool:
    """Whether thirteen digits follow one another when what people put between them is left out."""
    return b"0000000000000" in data.translate(_DIGITS_ALIKE, _BETWEEN)


def may_hold_secret(data: bytes) -> bool:
    """Whether one of the words stands there that a CVV or a PIN is announced with."""
    low = data.lower()
    return (
        any(word in low for word in _SECRET_WORDS)
        and _SECRET.search(low.decode("utf-8", "replace")) is not None
    )


def redact_text(text: str, *, is_ours: IsOurs = nothing_is_ours, mask: str = "*") -> RedactedText:
    """`text` with card data covered by `mask`, character by character, so that its length stays.

    A card number (an issuer's range, its length, the Luhn digit; in one piece or in groups) keeps its last
    four digits unless `is_ours` knows it. Track data, CVVs and PINs keep nothing. IBANs, phone numbers,
    decimals and ids inside addresses of the web stay.
    """
    shadow, places = _shadow_of(text)
    data = shadow.encode("utf-8", "replace")
    numbers = list(_numbers(shadow, is_ours)) if may_hold_number(data) else []
    secrets = list(_secrets(shadow)) if any(word in data for word in _SECRET_WORDS) else []
    if not numbers and not secrets:
        return RedactedText(text)
    hidden = {at for covered in (*numbers, *secrets) for at in covered}
    letters = list(text)
    for at in hidden:
        letters[at if places is None else places[at]] = mask
    tracks = sum(1 for covered in numbers if any(not shadow[at].isdigit() for at in covered))
    return RedactedText("".join(letters), card_numbers=len(numbers), secrets=len(secrets) + tracks)


def refuse_card_data(text: str, *, field: str, is_ours: IsOurs = nothing_is_ours) -> None:
    """For the fields of a form. Raises CardDataRefused, which names `field` and says what to write."""
    found = redact_text(text, is_ours=is_ours)
    if found.card_numbers:
        raise CardDataRefused(
            f"{field} holds what looks like a card number, which we never keep: nothing was sent. "
            "Write its last four digits only; they are enough to find the payment.",
            field=field,
        )
    if found.secrets:
        raise CardDataRefused(
            f"{field} holds what looks like a PIN or the security code of a card, which nobody here may "
            "know: nothing was sent. Take it out and send again.",
            field=field,
        )


def _shadow_of(text: str) -> tuple[str, list[int] | None]:
    """The text as it is looked at: ASCII digits, lower case, nothing unseen; and where each letter stood."""
    if text.isascii():
        return text.lower(), None
    plain = text.translate(_TO_ASCII).translate(_LOWER)
    if _UNSEEN.search(plain) is None:
        return plain, None
    places = [at for at, letter in enumerate(plain) if not _UNSEEN.match(letter)]
    return "".join(plain[at] for at in places), places


def _numbers(text: str, is_ours: IsOurs) -> Iterator[list[int]]:
    """For each card number the places to cover: all digits but the last four, and a track behind it."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < 13:
            continue
        groups = [group.span() for group in _GROUP.finditer(text, run.start(), run.end())]
        first = 0
        while first < len(groups):
            last = _window(text, groups, first, is_ours)
            if last is None:
                first += 1
                continue
            digits = [at for start, end in groups[first : last + 1] for at in range(start, end)]
            covered = digits[:-4]
            if track := _TRACK.match(text, groups[last][1]):
                covered += range(*track.span())
            yield covered
            first = last + 1


def _window(text: str, groups: list[tuple[int, int]], first: int, is_ours: IsOurs) -> int | None:
    """The last of the groups that, from `first` on, make up a card number; the longest such; or None."""
    start, end = groups[first]
    if end - start < 4 or not _may_begin(text, groups, first):
        return None
    digits, found, wrapped, between = "", None, 0, set()
    for last in range(first, min(first + 6, len(groups))):
        begin, end = groups[last]
        if last > first:
            apart = text[groups[last - 1][1] : begin]
            wrapped += "\n" in apart
            between |= set() if "\n" in apart else {apart.strip()}
        digits += text[begin:end]
        if len(digits) > 19 or wrapped > 1 or len(between) > 1:
            break
        if wrapped and not between:
            continue  # two numbers below one another
        if is_card_number(digits) and _may_end(text, end) and not _is_iban(text, start, end):
            found = None if is_ours(digits) else last
        if end - begin < 4:  # groups of a card are of four and more, save the last
            break
    return found


def _may_begin(text: str, groups: list[tuple[int, int]], first: int) -> bool:
    start = groups[first][0]
    before = text[start - 1] if start else ""
    if before == "+" or (before == "." and first and groups[first - 1][1] == start - 1 and
                         groups[first - 1][1] - groups[first - 1][0] < 4):  # fmt: skip
        return False  # a phone number, the decimals of a number
    if before.isalpha() and not _WORD_BEFORE.search(text, max(0, start - 16), start):
        return False
    if before and before in "/-_.":
        token = text[max(0, start - 300) : start].rsplit(None, 1)
        if token and "://" in token[-1]:
            return False
    return True


def _may_end(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not after.isalpha() or _WORD_AFTER.match(text, end) is not None


def _is_iban(text: str, start: int, end: int) -> bool:
    around = ibans_in(text, max(0, start - 40), min(len(text), end + 40))
    return any(first < end and start < last for _, (first, last) in around)


def _secrets(text: str) -> Iterator[range]:
    for found in _SECRET.finditer(text):
        yield range(*found.span(1))
