"""The frame of a line: what its few codes and dates decide, the same for thousands of entries of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from paydesk.importers.camt.details import Details, code_of
from paydesk.importers.camt.kinds import kind_of
from paydesk.importers.records import Kind, Status
from paydesk.importers.xml_rows import moment

STATUSES: dict[str, Status] = {"BOOK": "success", "PDNG": "pending", "INFO": "pending", "FUTR": "pending"}
# How the paths of the texts begin that a frame is made of, in an entry and in its transactions.
FRAME = ("CdtDbtInd", "RvslInd", "Sts", "BookgDt", "ValDt", "BkTxCd", "RtrInf")


@dataclass(frozen=True, slots=True)
class Frame:
    """`stated` is whether the entry says its status."""

    credit: bool
    reversed: bool
    status: Status
    stated: bool
    kind: Kind
    channel: str
    booked_on: date | None
    booked_at: datetime | None
    value_on: date | None


def frame_of(own: dict[str, str], details: Sequence[Details]) -> Frame:
    """The frame of an entry with these texts by path. Raises ValueError with the reason."""
    direction = own.get("CdtDbtInd", "")
    if direction not in ("CRDT", "DBIT"):
        raise ValueError(f"its CdtDbtInd is {direction!r}, so nobody can say whether the money came or went.")
    word = own.get("Sts/Cd") or own.get("Sts") or own.get("Sts/Prtry", "")
    if word and word not in STATUSES:
        raise ValueError(f"its status {word!r} is none of {', '.join(STATUSES)}.")
    credit = direction == "CRDT"
    reversed_ = own.get("RvslInd") in ("true", "1")
    code = code_of(own)
    booked_on, booked_at = moment(own, "BookgDt")
    value_on, _ = moment(own, "ValDt")
    kind = kind_of(
        [code, *[each.code for each in details]],
        is_credit=credit,
        reversed_=reversed_,
        returned=any(each.returned for each in details),
    )
    return Frame(
        credit=credit,
        reversed=reversed_,
        status=STATUSES.get(word, "success"),
        stated=bool(word),
        kind=kind,
        channel="/".join(part for part in code if part),
        booked_on=booked_on or value_on,
        booked_at=booked_at,
        value_on=value_on,
    )
