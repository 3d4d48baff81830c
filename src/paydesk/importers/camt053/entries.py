"""One Ntry of a camt message to one statement line: sign, status, kind, references, parties, raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Context, Decimal

from lxml import etree

from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.camt053.kinds import kind_of
from paydesk.importers.card_numbers import card_number_in, masked, masked_row
from paydesk.importers.records import RejectedLine, StatementLine, Status
from paydesk.importers.safe_xml import local_name

EXACT = Context(prec=120)
NO_REFERENCE = {"NOTPROVIDED", "NOTAVAIL", "NOT PROVIDED", "NONREF", "NONE"}
STATUSES: dict[str, Status] = {"BOOK": "success", "PDNG": "pending", "INFO": "pending", "FUTR": "pending"}
LONGEST_TEXT = 2000
NAMED_IN_BATCH = 3

Note = Callable[[str, str], None]


@dataclass(slots=True)
class Details:
    """What one TxDtls says. `raw` is its elements by path."""

    amount: Decimal | None
    currency: str
    direction: str
    end_to_end: str
    servicer: str
    network: str
    structured: str
    text: str
    debtor: tuple[str, str]
    creditor: tuple[str, str]
    code: tuple[str, str, str]
    returned: bool
    at: datetime | None
    raw: dict[str, str] = field(default_factory=dict)


def entry_line(
    entry: etree._Element, number: int, details: list[Details], note: Note
) -> StatementLine | RejectedLine:
    """The line of entry `number` (they count from 1 through the file), or why it cannot be one."""
    raw = _flattened(entry)
    for place, each in enumerate(details, start=1):
        raw.update({f"NtryDtls/TxDtls[{place}]/{path}": text for path, text in each.raw.items()})
    try:
        line = _line(entry, number, details, raw, note)
    except ValueError as problem:
        return RejectedLine(number, f"Entry {number}: {problem}", masked_row(raw))
    if any(card_number_in(text) for text in (line.text, *raw.values())):
        note("card", f"Entry {number} holds a full card number; it is kept masked.")
        return _masked(line, masked_row(raw))
    return line


def _line(
    entry: etree._Element, number: int, details: list[Details], raw: dict[str, str], note: Note
) -> StatementLine:
    amount, currency = _amount(entry)
    direction = text_at(entry, "CdtDbtInd")
    if direction not in ("CRDT", "DBIT"):
        raise ValueError(f"its CdtDbtInd is {direction!r}, so nobody can say whether the money came or went.")
    word = text_at(entry, "Sts", "Cd") or text_at(entry, "Sts")
    status = STATUSES.get(word)
    if status is None:
        if word:
            raise ValueError(f"its status {word!r} is none of {', '.join(STATUSES)}.")
        note("status", "Entries have no status (Sts); they were read as booked.")
        status = "success"
    reversed_ = text_at(entry, "RvslInd") in ("true", "1")
    codes = [_code(entry), *(each.code for each in details)]
    kind = kind_of(
        codes,
        is_credit=direction == "CRDT",
        reversed_=reversed_,
        returned=any(each.returned for each in details),
    )
    booked_on, booked_at = _moment(entry, "BookgDt")
    value_on, _ = _moment(entry, "ValDt")
    one = details[0] if len(details) == 1 else None
    payer, account = _party(details, direction, reversed_)
    _check_details(number, amount, currency, details, entry, note)
    return StatementLine(
        line=number,
        kind=kind,
        status=status,
        amount=amount if direction == "CRDT" else amount.copy_negate(),
        currency=currency,
        reference=_reference(details, direction),
        provider_ref=text_at(entry, "AcctSvcrRef")
        or (one.servicer if one else "")
        or text_at(entry, "NtryRef"),
        network_ref=one.network if one else "",
        batch_key=_batch_key(entry),
        account=account,
        payer_name=payer,
        text=_text(entry, details),
        channel="/".join(part for part in codes[0] if part),
        occurred_at=booked_at or (one.at if one else None),
        booked_on=booked_on or value_on,
        value_on=value_on,
        raw=raw,
    )


def _amount(entry: etree._Element) -> tuple[Decimal, str]:
    element = child(entry, "Amt")
    text = (element.text or "").strip() if element is not None else ""
    amount = amount_of(text)
    if element is None or amount is None:
        raise ValueError(f"its amount {text!r} is not an amount." if text else "it has no amount (Amt).")
    if amount < 0:
        raise ValueError(f"its amount {text} has a minus; the direction belongs into CdtDbtInd.")
    return amount, element.get("Ccy", "").strip() or "XXX"


def amount_of(text: str) -> Decimal | None:
    """The exact amount of an XML amount element, None when it is none."""
    try:
        return exact_amount(text.strip())
    except ValueError:
        return None


def details_of(element: etree._Element, keep_raw: bool) -> Details:
    """What one TxDtls says; its raw elements only while `keep_raw`, so that a huge batch stays flat."""
    amount = child(element, "Amt")
    if amount is None:
        amount = _at(element, "AmtDtls", "TxAmt", "Amt")
    texts = [text for each in _all(element, "RmtInf", "Ustrd") if (text := (each.text or "").strip())]
    structured = [
        text
        for each in _all(element, "RmtInf", "Strd")
        if (text := text_at(each, "CdtrRefInf", "Ref") or text_at(each, "CdtrRefInf", "CdtrRef"))
    ]
    extra = text_at(element, "AddtlTxInf")
    return Details(
        amount=amount_of(amount.text or "") if amount is not None else None,
        currency=amount.get("Ccy", "") if amount is not None else "",
        direction=text_at(element, "CdtDbtInd"),
        end_to_end=_reference_text(text_at(element, "Refs", "EndToEndId")),
        servicer=text_at(element, "Refs", "AcctSvcrRef"),
        network=next(
            (
                found
                for name in ("TxId", "UETR", "ClrSysRef", "InstrId", "ChqNb", "MndtId")
                if (found := _reference_text(text_at(element, "Refs", name)))
            ),
            "",
        ),
        structured=" ".join(structured),
        text=" ".join([*texts, *structured, *([extra] if extra else [])]),
        debtor=_named(element, "Dbtr"),
        creditor=_named(element, "Cdtr"),
        code=_code(element),
        returned=child(element, "RtrInf") is not None,
        at=_instant(text_at(element, "RltdDts", "TxDtTm") or text_at(element, "RltdDts", "AccptncDtTm")),
        raw=_flattened(element) if keep_raw else {},
    )


def _named(element: etree._Element, role: str) -> tuple[str, str]:
    """(name, account) of the debtor or creditor of a transaction."""
    name = ""
    for party in (role, f"Ultmt{role}"):
        name = (
            name
            or text_at(element, "RltdPties", party, "Nm")
            or text_at(element, "RltdPties", party, "Pty", "Nm")
        )
        name = name or text_at(element, "RltdPties", party, "Agt", "FinInstnId", "Nm")
    account = text_at(element, "RltdPties", f"{role}Acct", "Id", "IBAN")
    return name, account or text_at(element, "RltdPties", f"{role}Acct", "Id", "Othr", "Id")


def _party(details: list[Details], direction: str, reversed_: bool) -> tuple[str, str]:
    """The other side's name and account, where all transactions of the entry have the same."""
    # A reversal keeps the parties of the payment it undoes, so the other side is the opposite one.
    debtor_is_other = (direction == "CRDT") != reversed_
    found = {each.debtor if debtor_is_other else each.creditor for each in details}
    return found.pop() if len(found) == 1 else ("", "")


def _reference(details: list[Details], direction: str) -> str:
    """Our reference: on money in the one of our invoice, on money out the one we gave the payment."""
    found = {
        (each.structured or each.end_to_end) if direction == "CRDT" else (each.end_to_end or each.structured)
        for each in details
    }
    return found.pop() if len(found) == 1 else ""


def _reference_text(text: str) -> str:
    return "" if text.upper() in NO_REFERENCE else text


def _text(entry: etree._Element, details: list[Details]) -> str:
    """Remittance and bank texts; a batch says how many payments it is and names the first."""
    extra = text_at(entry, "AddtlNtryInf")
    stated = _batch(entry, "NbOfTxs")
    count = len(details)
    parts = [details[0].text] if count == 1 else []
    if count > 1:
        named = [_one_of_batch(each) for each in details[:NAMED_IN_BATCH]]
        more = f" and {count - NAMED_IN_BATCH} more" if count > NAMED_IN_BATCH else ""
        parts = [f"Batch of {count} transactions: {'; '.join(named)}{more}"]
    elif stated.isdigit() and int(stated) > 1:
        parts = [f"Batch of {stated} transactions, details of {count or 'none'} in the file.", *parts]
    if extra and not any(extra in part for part in parts):
        parts.append(extra)
    return " ".join(part for part in parts if part)[:LONGEST_TEXT]


def _one_of_batch(each: Details) -> str:
    amount = f"{plain_text(each.amount)} {each.currency}".strip() if each.amount is not None else ""
    return " ".join(
        part for part in (amount, each.debtor[0] or each.creditor[0], each.end_to_end or each.text) if part
    )


def _batch_key(entry: etree._Element) -> str:
    return _batch(entry, "PmtInfId") or _batch(entry, "MsgId")


def _batch(entry: etree._Element, name: str) -> str:
    """A part of the batch information, which version 1 has in the entry itself."""
    return text_at(entry, "NtryDtls", "Btch", name) or text_at(entry, "Btch", name)


def _check_details(
    number: int, amount: Decimal, currency: str, details: list[Details], entry: etree._Element, note: Note
) -> None:
    """A batch is one line; say so, and say when its transactions do not make its amount."""
    stated = _batch(entry, "NbOfTxs")
    if len(details) > 1 or (stated.isdigit() and int(stated) > 1):
        note(
            "batch",
            "Batch entries of several transactions are one line each; the details are in the raw row.",
        )
    if stated.isdigit() and details and int(stated) != len(details):
        note("batch count", f"Entry {number} states {stated} transactions and holds {len(details)}.")
    known = [each for each in details if each.amount is not None]
    if len(details) > 1 and len(known) == len(details) and {each.currency for each in known} == {currency}:
        total = Decimal(0)
        own = text_at(entry, "CdtDbtInd")
        for each in known:
            assert each.amount is not None
            sign = 1 if each.direction in ("", own) else -1
            total = EXACT.add(total, each.amount if sign > 0 else each.amount.copy_negate())
        if total != amount:
            note(
                "batch sum",
                f"Entry {number} is {plain_text(amount)} {currency}, its parts make {plain_text(total)}.",
            )


def _code(element: etree._Element) -> tuple[str, str, str]:
    return (
        text_at(element, "BkTxCd", "Domn", "Cd"),
        text_at(element, "BkTxCd", "Domn", "Fmly", "Cd"),
        text_at(element, "BkTxCd", "Domn", "Fmly", "SubFmlyCd"),
    )


def _masked(line: StatementLine, raw: dict[str, str]) -> StatementLine:
    return replace(
        line,
        text=masked(line.text),
        reference=masked(line.reference),
        payer_name=masked(line.payer_name),
        account=masked(line.account),
        raw=raw,
    )


# Reading elements by local name


def child(element: etree._Element, name: str) -> etree._Element | None:
    """The first child called `name` in any namespace, or None."""
    return next((each for each in element if local_name(each) == name), None)


def _at(element: etree._Element, *path: str) -> etree._Element | None:
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return None
        found = child(found, name)
    return found


def _all(element: etree._Element, parent: str, name: str) -> list[etree._Element]:
    found = child(element, parent)
    return [] if found is None else [each for each in found if local_name(each) == name]


def text_at(element: etree._Element, *path: str) -> str:
    """The trimmed text of the element at `path` of local names; "" when there is none."""
    found = _at(element, *path)
    return " ".join((found.text or "").split()) if found is not None else ""


def date_of(element: etree._Element, name: str) -> date | None:
    """The date in the child `name`, given as a date, a date and time, or as Dt or DtTm inside it."""
    return _moment(element, name)[0]


def _moment(element: etree._Element, name: str) -> tuple[date | None, datetime | None]:
    """(date as written, UTC instant where the text has an offset) of a Dt or DtTm choice."""
    text = text_at(element, name, "Dt") or text_at(element, name, "DtTm") or text_at(element, name)
    if not text:
        return None, None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as problem:
        raise ValueError(f"its {name} {text!r} is not a date.") from problem
    return day, _instant(text)


def _instant(text: str) -> datetime | None:
    """The UTC instant of an ISO text; None without time or offset: nobody knows the clock then."""
    if len(text) <= 10:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def _flattened(element: etree._Element) -> dict[str, str]:
    """Each text and attribute below `element` by its path: "BkTxCd/Domn/Cd", "Amt@Ccy"."""
    found: dict[str, str] = {}

    def walk(parent: etree._Element, path: str) -> None:
        seen: dict[str, int] = {}
        for each in parent:
            name = local_name(each)
            if not name:
                continue
            seen[name] = seen.get(name, 0) + 1
            place = f"{path}{name}" + (f"[{seen[name]}]" if seen[name] > 1 else "")
            if text := (each.text or "").strip():
                found[place] = text
            for attribute, value in each.attrib.items():
                found[f"{place}@{str(attribute).rpartition('}')[2]}"] = str(value)
            walk(each, f"{place}/")

    walk(element, "")
    return found
