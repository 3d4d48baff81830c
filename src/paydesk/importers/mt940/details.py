"""What an `:86:` says beyond free text: the German, Dutch and Multicash ways to structure it, where sure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NO_REFERENCE = {"NOTPROVIDED", "NOT PROVIDED", "NOTAVAIL", "NONREF", "NONE", ""}


@dataclass(frozen=True, slots=True)
class Details:
    """`code` is the bank's code of the transaction, `structured` a creditor's reference, `batch` a file's."""

    text: str
    name: str = ""
    account: str = ""
    end_to_end: str = ""
    structured: str = ""
    batch: str = ""
    code: str = ""
    returned: str = ""


NOTHING = Details("")

# German (DK) subfields: a transaction code, a separator, two digits; the separator differs from bank to bank.
_GERMAN = re.compile(r"(\d{3})([^0-9A-Za-z\s])(?=\d\d)")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP|MTLG)\+", re.ASCII)
# Dutch and other banks: /TAG/value/TAG/value/; only these tags, a payer may write slashes himself.
_SLASHED = re.compile(
    r"/(TRCD|TRTP|RTRN|EREF|PREF|CREF|MARF|CSID|CNTP|REMI|PURP|ULTC|ULTD|BENM|ORDP|NAME|IBAN|BIC|ACCW|ISDT|"
    r"ADDR|SVCL|EXCH|CHGS|OCMT|OSDR|OGB)/"
)
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_PURPOSE = {str(number) for number in (*range(20, 30), *range(60, 64))}
FULL = 25  # characters of a subfield; 27 with the blanks some banks cut off
_MULTICASH = re.compile(r"(\d\d)(.*)")


def details_of(lines: Sequence[str]) -> Details:
    """The details in the lines of an `:86:`; only its text where nothing else is sure."""
    first = lines[0] if lines else ""
    if found := _GERMAN.match(first):
        return _german("".join(lines), found[1], found[2])
    if first.startswith("/") and _SLASHED.match(first):
        return _slashed("".join(lines))
    return Details(one_line(lines))


def multicash(lines: Sequence[str]) -> Details:
    """The details in an `:NS:` field: two digits at the start of each line say what it is."""
    purpose: list[str] = []
    names: list[str] = []
    posting = account = ""
    for line in lines:
        found = _MULTICASH.match(line)
        if found is None:
            continue
        number, text = int(found[1]), found[2].strip()
        if 1 <= number <= 14:
            purpose.append(text)
        elif number in (15, 16):
            names.append(text)
        elif number == 17:
            posting = text
        elif number == 34:
            account = text
    return Details(one_line([*purpose, posting]), one_line(names), account)


def is_iban(text: str) -> bool:
    """Whether `text` has the shape of an IBAN."""
    return _IBAN.fullmatch(text) is not None


def is_reference(text: str) -> bool:
    """Whether `text` is a reference and no word for having none."""
    return text.upper() not in NO_REFERENCE


def one_line(lines: Sequence[str]) -> str:
    """`lines` as one, blanks squeezed."""
    return " ".join(" ".join(lines).split())


def _german(text: str, code: str, separator: str) -> Details:
    parts: dict[str, str] = {}
    number = ""
    for part in text[4:].split(separator):
        if part[:2].isdigit():
            number = part[:2]
            parts[number] = parts.get(number, "") + part[2:]
        elif number:
            parts[number] += separator + part  # the separator inside a text
    # A full subfield goes on in the next one; a short one was a line of its own.
    purpose = "".join(
        part if len(part) >= FULL else part + " " for number, part in parts.items() if number in _PURPOSE
    )
    sepa = _by_word(_SEPA, purpose)
    free = sepa.get("SVWZ") or sepa.get("MTLG") or ("" if sepa else purpose)
    posting = parts.get("00", "")
    name = parts.get("32", "") + parts.get("33", "")
    return Details(
        text=" ".join(f"{posting} {free or sepa.get('', '')}".split()),
        name=" ".join(name.split()) if name else "",
        account=(sepa.get("IBAN") or parts.get("31", "")).strip(),
        end_to_end=_reference(sepa.get("EREF", "")),
        batch=_reference(sepa.get("KREF", "")),
        code=code,
        returned=parts.get("34", "")[:3] if code in ("108", "109", "159") else "",
    )


def _slashed(text: str) -> Details:
    parts = _by_word(_SLASHED, text)
    party = parts.get("CNTP", "").split("/")
    remittance = parts.get("REMI", "").strip("/ ")
    structured = ""
    if remittance.startswith("USTD//"):
        remittance = remittance[6:]
    elif remittance.startswith("STRD/"):
        structured = remittance.rpartition("/")[2]
    name = (party[2] if len(party) > 2 else "") or parts.get("NAME", "").strip("/ ")
    account = party[0] or parts.get("IBAN", "").strip("/ ")
    for role in ("BENM", "ORDP"):
        who = parts.get(role, "").strip("/ ").split("/")
        if not account and who[0].isdigit():
            account = who[0]
    known = {"CNTP", "REMI", "NAME", "IBAN", "EREF", "PREF", "BIC", "TRCD", "BENM", "ORDP", "CSID", "MARF"}
    others = [value.strip("/ ") for word, value in parts.items() if word not in known]
    rest = [
        parts[role].strip("/ ") for role in ("BENM", "ORDP") if account and parts.get(role, "").strip("/ ")
    ]
    return Details(
        text=one_line([structured or remittance, *others, *rest]),
        name=one_line([name]),
        account=account.strip(),
        end_to_end=_reference(parts.get("EREF", "").strip("/ ")),
        structured=structured,
        batch=_reference(parts.get("PREF", "").strip("/ ")),
        returned=parts.get("RTRN", "").strip("/ "),
    )


def _by_word(words: re.Pattern[str], text: str) -> dict[str, str]:
    """What follows each word; "" for what stands before the first. The first of a repeated word counts."""
    found = words.split(text)
    if len(found) == 1:
        return {}
    parts = {"": found[0]} if found[0].strip() else {}
    for word, value in zip(found[1::2], found[2::2], strict=True):
        parts.setdefault(word, value.strip())
    return parts


def _reference(text: str) -> str:
    if not text:
        return ""
    text = one_line([text])
    return text if is_reference(text) else ""
