"""One Ntry of a camt message to one statement line: sign, status, kind, references, parties, raw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Context, Decimal

from lxml import etree

from paydesk.importers.amounts import exact_amount, plain_text
from paydesk.importers.camt.kinds import kind_of
from paydesk.importers.card_numbers import card_number_in, masked, masked_row
from paydesk.importers.records import RejectedLine, StatementLine, Status
from paydesk.importers.safe_xml import local_name

EXACT = Context(prec=120)
NO_REFERENCE = {"NOTPROVIDED", "NOTAVAIL", "NOT PROVIDED", "NONREF", "NONE"}
STATUSES: dict[str, Status] = {"BOOK": "success", "PDNG": "pending", "INFO": "pending", "FUTR": "pending"}
LONGEST_TEXT = 2000
NAMED_IN_BATCH = 3
NETWORK_REFERENCES = ("TxId", "UETR", "ClrSysRef", "InstrId", "ChqNb", "MndtId")

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
    own = flattened(entry)
    raw = dict(own)
    for place, each in enumerate(details, start=1):
        raw.update({f"NtryDtls/TxDtls[{place}]/{path}": text for path, text in each.raw.items()})
    try:
        line = _line(own, number, details, raw, note)
    except ValueError as problem:
        return RejectedLine(number, f"Entry {number}: {problem}", masked_row(raw))
    if card_number_in(line.text) or any(map(card_number_in, raw.values())):
        note("card", f"Entry {number} holds a full card number; it is kept masked.")
        return _masked(line, masked_row(raw))
    return line


def _line(
    own: dict[str, str], number: int, details: list[Details], raw: dict[str, str], note: Note
) -> StatementLine:
    amount, currency = _amount(own)
    direction = own.get("CdtDbtInd", "")
    if direction not in ("CRDT", "DBIT"):
        raise ValueError(f"its CdtDbtInd is {direction!r}, so nobody can say whether the money came or went.")
    status = _status(own, note)
    reversed_ = own.get("RvslInd") in ("true", "1")
    codes = [_code(own), *(each.code for each in details)]
    booked_on, booked_at = _moment(own, "BookgDt")
    value_on, _ = _moment(own, "ValDt")
    one = details[0] if len(details) == 1 else None
    payer, account = _party(details, direction, reversed_)
    _check_details(number, amount, currency, details, own, note)
    return StatementLine(
        line=number,
        kind=kind_of(
            codes,
            is_credit=direction == "CRDT",
            reversed_=reversed_,
            returned=any(each.returned for each in details),
        ),
        status=status,
        amount=amount if direction == "CRDT" else amount.copy_negate(),
        currency=currency,
        reference=_reference(details, direction),
        provider_ref=own.get("AcctSvcrRef") or (one.servicer if one else "") or own.get("NtryRef", ""),
        network_ref=one.network if one else "",
        batch_key=_batch(own, "PmtInfId") or _batch(own, "MsgId"),
        account=account,
        payer_name=payer,
        text=_text(own, details),
        channel="/".join(part for part in codes[0] if part),
        occurred_at=booked_at or (one.at if one else None),
        booked_on=booked_on or value_on,
        value_on=value_on,
        raw=raw,
    )


def _amount(own: dict[str, str]) -> tuple[Decimal, str]:
    text = own.get("Amt", "")
    amount = amount_of(text)
    if amount is None:
        raise ValueError(f"its amount {text!r} is not an amount." if text else "it has no amount (Amt).")
    if amount < 0:
        raise ValueError(f"its amount {text} has a minus; the direction belongs into CdtDbtInd.")
    return amount, own.get("Amt@Ccy", "").strip() or "XXX"


def _status(own: dict[str, str], note: Note) -> Status:
    word = own.get("Sts/Cd") or own.get("Sts") or own.get("Sts/Prtry", "")
    status = STATUSES.get(word)
    if status is not None:
        return status
    if word:
        raise ValueError(f"its status {word!r} is none of {', '.join(STATUSES)}.")
    note("status", "Entries have no status (Sts); they were read as booked.")
    return "success"


def amount_of(text: str) -> Decimal | None:
    """The exact amount of an XML amount element, None when it is none."""
    try:
        return exact_amount(text.strip())
    except ValueError:
        return None


def details_of(element: etree._Element, keep_raw: bool) -> Details:
    """What one TxDtls says; its raw elements only while `keep_raw`, so that a huge batch stays flat."""
    raw = flattened(element)
    path = "Amt" if "Amt" in raw else "AmtDtls/TxAmt/Amt"
    texts = [_one_line(text) for text in _numbered(raw, "RmtInf/Ustrd")]
    structured = [
        *_numbered(raw, "RmtInf/Strd", "/CdtrRefInf/Ref"),
        *_numbered(raw, "RmtInf/Strd", "/CdtrRefInf/CdtrRef"),
    ]
    extra = raw.get("AddtlTxInf", "")
    networks = (_reference_text(raw.get(f"Refs/{name}", "")) for name in NETWORK_REFERENCES)
    return Details(
        amount=amount_of(raw.get(path, "")),
        currency=raw.get(f"{path}@Ccy", ""),
        direction=raw.get("CdtDbtInd", ""),
        end_to_end=_reference_text(raw.get("Refs/EndToEndId", "")),
        servicer=raw.get("Refs/AcctSvcrRef", ""),
        network=next(filter(None, networks), ""),
        structured=" ".join(structured),
        text=" ".join([*texts, *structured, *([_one_line(extra)] if extra else [])]),
        debtor=_named(raw, "Dbtr"),
        creditor=_named(raw, "Cdtr"),
        code=_code(raw),
        returned=any(each.startswith("RtrInf") for each in raw),
        at=_instant(raw.get("RltdDts/TxDtTm") or raw.get("RltdDts/AccptncDtTm", "")),
        raw=raw if keep_raw else {},
    )


def _named(raw: dict[str, str], role: str) -> tuple[str, str]:
    """(name, account) of the debtor or creditor of a transaction."""
    names = (
        raw.get(f"RltdPties/{party}/{place}", "")
        for party in (role, f"Ultmt{role}")
        for place in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")
    )
    account = f"RltdPties/{role}Acct/Id"
    return next(filter(None, names), ""), raw.get(f"{account}/IBAN") or raw.get(f"{account}/Othr/Id", "")


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


def _text(own: dict[str, str], details: list[Details]) -> str:
    """Remittance and bank texts; a batch says how many payments it is and names the first."""
    extra = _one_line(own.get("AddtlNtryInf", ""))
    stated = _batch(own, "NbOfTxs")
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


def _batch(own: dict[str, str], name: str) -> str:
    """A part of the batch information, which version 1 has in the entry itself."""
    return own.get(f"NtryDtls/Btch/{name}") or own.get(f"Btch/{name}", "")


def _check_details(
    number: int, amount: Decimal, currency: str, details: list[Details], own: dict[str, str], note: Note
) -> None:
    """A batch is one line; say so, and say when its transactions do not make its amount."""
    stated = _batch(own, "NbOfTxs")
    if len(details) > 1 or (stated.isdigit() and int(stated) > 1):
        note(
            "batch",
            "Batch entries of several transactions are one line each; the details are in the raw row.",
        )
    if stated.isdigit() and details and int(stated) != len(details):
        note("batch count", f"Entry {number} states {stated} transactions and holds {len(details)}.")
    if len(details) < 2 or any(each.amount is None or each.currency != currency for each in details):
        return
    total = Decimal(0)
    for each in details:
        assert each.amount is not None
        against = each.direction not in ("", own["CdtDbtInd"])
        total = EXACT.add(total, each.amount.copy_negate() if against else each.amount)
    if total != amount:
        note(
            "batch sum",
            f"Entry {number} is {plain_text(amount)} {currency}, its parts make {plain_text(total)}.",
        )


def _code(raw: dict[str, str]) -> tuple[str, str, str]:
    domain = "BkTxCd/Domn"
    return (
        raw.get(f"{domain}/Cd", ""),
        raw.get(f"{domain}/Fmly/Cd", ""),
        raw.get(f"{domain}/Fmly/SubFmlyCd", ""),
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
        for attribute, value in each.items():
            found[f"{place}@{str(attribute).rpartition('}')[2]}"] = str(value)
        if len(each):
            _flatten(each, place + "/", found)


def _numbered(raw: dict[str, str], path: str, rest: str = "") -> list[str]:
    """The texts at `path`, `path[2]`, ... followed by `rest`, as far as the numbers go."""
    texts = [raw[path + rest]] if path + rest in raw else []
    number = 2
    while any(each.startswith(f"{path}[{number}]") for each in raw):
        if text := raw.get(f"{path}[{number}]{rest}"):
            texts.append(text)
        number += 1
    return texts


def _one_line(text: str) -> str:
    return " ".join(text.split())


def text_at(element: etree._Element, *path: str) -> str:
    """The text of the element at `path` of local names on one line; "" when there is none."""
    found: etree._Element | None = element
    for name in path:
        if found is None:
            return ""
        found = next((each for each in found if local_name(each) == name), None)
    return _one_line(found.text or "") if found is not None else ""


def date_of(element: etree._Element, name: str) -> date | None:
    """The date in the child `name`: a date, a date and time, or Dt or DtTm inside it. Raises ValueError."""
    return _moment(flattened(element), name)[0]


def _moment(raw: dict[str, str], name: str) -> tuple[date | None, datetime | None]:
    """(date as written, UTC instant where the text has an offset) of a Dt or DtTm choice."""
    text = raw.get(f"{name}/Dt") or raw.get(f"{name}/DtTm") or raw.get(name)
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
