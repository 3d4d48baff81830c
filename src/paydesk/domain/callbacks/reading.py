"""From a message to what it says: lines, nothing, or the reason why it cannot be taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paydesk.domain.providers.dialects import DIALECTS, Channel
from paydesk.importers.json_messages import NotJson
from paydesk.importers.records import RejectedLine, Statement, StatementLine

ANSWER = "answer"  # the channel of what a provider said when it was asked
SAY_NOTHING = ("notice", "order")  # kinds of lines that move and promise no money


@dataclass(frozen=True, slots=True)
class Read:
    """`lines` of a message that was understood (a validation has none), or the `reason` why it was not."""

    lines: Sequence[StatementLine] = ()
    reason: str = ""


def read_message(body: bytes, *, dialect: str, channel: str, numbers: Sequence[str]) -> Read:
    """What a message says. `numbers` are ours at the provider: one that names another is not for us.

    A message of several payments is understood as a whole or not at all. Never raises.
    """
    spoken = DIALECTS.get(dialect)
    way = _channel(dialect, channel)
    if spoken is not None and not way.importers:
        return Read(reason=spoken.missing or f"What {spoken.name} says here is kept and not read.")
    try:
        document = way.parse(body)
    except NotJson as problem:
        return Read(reason=str(problem))
    if way.is_test(document):
        return Read(reason="This is a message of the provider's test system: no money stands behind it.")
    importer = next((each() for each in way.importers if each().fits(document)), None)
    if importer is None:
        expected = " or ".join(each.what for each in way.importers) or "message that is understood here"
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
        if isinstance(record, StatementLine) and record.kind not in SAY_NOTHING:
            lines.append(record)
    return Read(lines) if way.keeps_lines else Read()


def _channel(dialect: str, channel: str) -> Channel:
    spoken = DIALECTS.get(dialect)
    if spoken is None:
        return Channel("")
    if channel == ANSWER:
        return Channel("", spoken.answers)
    return spoken.channels.get(channel, Channel(""))
