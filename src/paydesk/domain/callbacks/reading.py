"""From a message to what it says: a line, nothing, or the reason why it cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.importers.hubtel_callback import HubtelCallback
from paydesk.importers.hubtel_status import HubtelStatus
from paydesk.importers.json_messages import JsonImporter, NotJson, parsed
from paydesk.importers.mpesa_c2b import MpesaC2b
from paydesk.importers.mpesa_pull import MpesaPull
from paydesk.importers.mpesa_stk import MpesaStk
from paydesk.importers.records import RejectedLine, Statement, StatementLine

ANSWER = "answer"  # the channel of what a provider said when it was asked
VALIDATION = "validation"
FORMATS: dict[tuple[str, str], tuple[type[JsonImporter], ...]] = {
    ("hubtel", "payment"): (HubtelCallback,),
    ("hubtel", ANSWER): (HubtelStatus,),
    ("mpesa", "confirmation"): (MpesaC2b,),
    ("mpesa", VALIDATION): (MpesaC2b,),
    ("mpesa", "push"): (MpesaStk,),
    ("mpesa", ANSWER): (MpesaStk, MpesaPull),
}


@dataclass(frozen=True, slots=True)
class Read:
    """`lines` of a message that was understood (a validation has none), or the `reason` why it was not."""

    lines: Sequence[StatementLine] = ()
    reason: str = ""


def read_message(body: bytes, *, dialect: str, channel: str, numbers: Sequence[str]) -> Read:
    """What a message says. `numbers` are ours at the provider: one that names another is not for us.

    A message of several payments is understood as a whole or not at all. Never raises.
    """
    importers = FORMATS.get((dialect, channel), ())
    try:
        document = parsed(body)
    except NotJson as problem:
        return Read(reason=str(problem))
    importer = next((each() for each in importers if each().fits(document)), None)
    if importer is None:
        expected = " or ".join(each.what for each in importers) or "message that is understood here"
        return Read(reason=f"This is no {expected}.")
    lines: list[StatementLine] = []
    for record in importer.records([document]):
        if isinstance(record, RejectedLine):
            return Read(reason=record.reason)
        if isinstance(record, Statement) and record.account and record.account not in numbers:
            return Read(
                reason=f"This message is for number {record.account[:40]}, but it came to the address of "
                f"{numbers[0]}. If both are ours, add the number to this address and try the message again."
            )
        if isinstance(record, StatementLine):
            lines.append(record)
    return Read() if channel == VALIDATION else Read(lines)
