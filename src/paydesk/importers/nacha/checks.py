"""Holds what a file says about itself against what it holds; each difference names both figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paydesk.importers.nacha.codes import (
    ADDENDA,
    CLASSES,
    INTERNATIONAL_TYPES,
    NAMED_CLASSES,
    SERVICE_CLASSES,
)
from paydesk.importers.nacha.events import Problem
from paydesk.importers.nacha.fields import BatchHeader, Control, Entry, FileHeader, check_digit_of, number_in
from paydesk.importers.nacha.reasons import CHANGES, RETURNS
from paydesk.importers.nacha.splitting import FILLER

HASH_ROOM = 10**10  # the sum of routing numbers keeps its last ten digits


@dataclass(slots=True)
class Totals:
    """What was found: entries with their addenda, the sum of routing numbers, cents to either side."""

    entries: int = 0
    routing_sum: int = 0
    debit: int = 0
    credit: int = 0

    def add(self, other: Totals) -> None:
        self.entries += other.entries
        self.routing_sum += other.routing_sum
        self.debit += other.debit
        self.credit += other.credit


def dollars(cents: int) -> str:
    """Cents as "1234.56"."""
    return f"{cents // 100}.{cents % 100:02d}"


def of_totals(control: Control, found: Totals, whose: str, what: str) -> Iterator[Problem]:
    """Differences between the control of `whose` ("batch 7", "the file") and what was found."""
    line = control.line
    if control.entries is None:
        yield Problem(
            line, f"{what}_control", f"The control of {whose} states no number of entries and addenda."
        )
    elif control.entries != found.entries:
        yield Problem(
            line, f"{what}_count",
            f"The control of {whose} states {control.entries:,} as the number of entries and addenda; "
            f"{found.entries:,} were found.",
        )  # fmt: skip
    sides = (("debits", control.debit, found.debit), ("credits", control.credit, found.credit))
    for side, stated, counted in sides:
        if stated is None:
            yield Problem(line, f"{what}_control", f"The control of {whose} states no sum of {side}.")
        elif stated != counted:
            yield Problem(
                line, f"{what}_sum",
                f"The control of {whose} states {side} of {dollars(stated)}, the entries add up to "
                f"{dollars(counted)}.",
            )  # fmt: skip
    routing_sum = found.routing_sum % HASH_ROOM
    if control.routing_sum != routing_sum:
        stated_sum = "nothing" if control.routing_sum is None else f"{control.routing_sum:010d}"
        yield Problem(
            line, f"{what}_hash",
            f"The control of {whose} states {stated_sum} as the sum of routing numbers (entry hash), "
            "the entries "
            f"give {routing_sum:010d}.",
        )  # fmt: skip


def of_file_header(header: FileHeader, text: str) -> Iterator[Problem]:
    """What is odd about record 1."""
    if text[1:3] != "01":
        yield Problem(
            header.line, "header", f"The file header has priority code {text[1:3]!r} instead of 01."
        )
    if text[34:40] != "094101":
        yield Problem(
            header.line, "header",
            f"The file header says {text[34:40]!r} where every ACH file says 094101 (columns 35 to 40).",
        )  # fmt: skip
    if header.created_on is None:
        yield Problem(header.line, "header", f"The file header's date {text[23:29]!r} is not a date.")
    digits = header.destination[-9:]
    if len(digits) == 9 and digits.isascii() and digits.isdigit() and check_digit_of(digits[:8]) != digits[8]:
        yield Problem(
            header.line, "header",
            f"The immediate destination {digits} is no routing number: its check digit should be "
            f"{check_digit_of(digits[:8])}.",
        )  # fmt: skip


def of_batch_header(batch: BatchHeader, text: str) -> Iterator[Problem]:
    """What is odd about record 5."""
    where = f"Batch {batch.short}"
    if batch.service_class not in SERVICE_CLASSES:
        yield Problem(
            batch.line, "service_class",
            f"{where} has service class {batch.service_class!r}; there are {', '.join(SERVICE_CLASSES)}.",
        )  # fmt: skip
    if batch.entry_class not in CLASSES:
        yield Problem(
            batch.line, "entry_class",
            f"{where} has entry class {batch.entry_class!r}, which is none of ACH; its entries were "
            "read as plain "
            "ones.",
        )  # fmt: skip
    if not batch.is_international and not batch.company_name.replace("0", "").strip():
        said = "only zeros" if batch.company_name else "nothing"
        yield Problem(batch.line, "company", f"{where} has {said} where the company's name belongs.")
    if not batch.description.replace("0", "").strip():
        said = "only zeros" if batch.description else "nothing"
        yield Problem(
            batch.line, "description", f"{where} has {said} where the purpose of its entries belongs."
        )
    stated = text[69:75]
    if batch.effective_on is None and stated.strip(" 0"):
        yield Problem(
            batch.line, "date", f"{where} has {stated!r} as effective entry date, which is no date."
        )
    if number_in(batch.number) is None:
        yield Problem(batch.line, "batch_number", f"A batch has {batch.number!r} where its number belongs.")


def of_frame(control: Control, batches: int, blocks: int) -> Iterator[Problem]:
    """Differences between the file control and the batches and blocks that were found."""
    pairs = (
        ("batches", control.batches, f"the number of batches; {batches:,} were found."),
        ("blocks", control.blocks, f"the number of blocks of ten records; its records fill {blocks:,}."),
    )
    for (about, stated, text), found in zip(pairs, (batches, blocks), strict=True):
        if stated != found:
            says = "nothing" if stated is None else f"{stated:,}"
            yield Problem(control.line, about, f"The file control states {says} as {text}")


def unprintable(text: str) -> str:
    """The first character that is no letter, digit, sign or blank; "" when there is none."""
    return next((each for each in text if not each.isprintable() and each not in (FILLER, "\u00a0")), "")


def of_batch(batch: BatchHeader, control: Control) -> Iterator[Problem]:
    """Where header and control of a batch disagree about whose it is."""
    pairs = (
        ("service class", batch.service_class, control.service_class),
        ("company identification", batch.company_id, control.company_id),
        ("originating bank", batch.bank.strip(), control.bank.strip()),
        ("number", batch.number, control.number),
    )
    for what, header_says, control_says in pairs:
        if what == "company identification" and (batch.entry_class == "ADV" or not control_says):
            continue  # advices have another field there, international batches often none
        if header_says != control_says:
            yield Problem(
                control.line, "batch_ends",
                f"Batch {batch.short}: the header says {what} {header_says!r}, the control "
                f"{control_says!r}.",
            )  # fmt: skip


def of_entry(entry: Entry) -> Iterator[Problem]:
    """What is odd about an entry by itself and within its batch."""
    line, batch = entry.line, entry.batch
    routing = entry.routing
    if not (routing.isascii() and routing.isdigit()):
        yield Problem(line, "routing", f"Line {line}: {routing!r} is no routing number.")
    elif check_digit_of(routing[:8]) != routing[8]:
        yield Problem(
            line, "routing",
            f"Line {line}: the routing number {routing} has a wrong check digit; it should be "
            f"{check_digit_of(routing[:8])}.",
        )  # fmt: skip
    action = entry.kind.action
    if entry.amount and action in ("prenote", "zero"):
        yield Problem(
            line, "amount",
            f"Line {line}: a {entry.kind.title} moves no money but states {dollars(entry.amount)}.",
        )  # fmt: skip
    if not entry.amount and action == "move":
        yield Problem(line, "amount", f"Line {line}: a {entry.kind.title} states the amount 0.00.")
    if batch is None:
        return
    sides = SERVICE_CLASSES.get(batch.service_class, "")
    if action != "advice" and sides.endswith("only") and not sides.startswith(entry.kind.side):
        yield Problem(
            line, "service_class",
            f"Line {line}: a {entry.kind.side} in batch {batch.short}, which is for {sides} "
            f"(service class {batch.service_class}).",
        )  # fmt: skip
    if batch.entry_class in NAMED_CLASSES and action == "move" and not entry.name.replace("0", ""):
        said = "only zeros" if entry.name else "blank"
        yield Problem(line, "name", f"Line {line}: the receiver's name is {said}.")
    only = CLASSES[batch.entry_class].side if batch.entry_class in CLASSES else None
    if only and action == "move" and entry.kind.side != only and not batch.is_reversal:
        yield Problem(
            line,
            "entry_class",
            f"Line {line}: a {entry.kind.side} of class {batch.entry_class}, which has {only}s only.",
        )
    if (batch.entry_class == "ADV") != (action == "advice"):
        yield Problem(
            line, "entry_class",
            f"Line {line}: transaction code {entry.code} ({entry.kind.title}) does not belong into class "
            f"{batch.entry_class}.",
        )  # fmt: skip


def of_addenda(entry: Entry) -> Iterator[Problem]:
    """What is odd about the addenda of an entry: number, type, order, codes."""
    line, found = entry.line, entry.addenda_lines
    expected = "1" if found else "0"
    if entry.indicator != expected:
        has = f"{found} addenda follow" if found else "no addenda follows"
        yield Problem(
            line, "indicator",
            f"Line {line}: the addenda indicator is {entry.indicator!r}, but {has} (it should be "
            f"{expected}).",
        )  # fmt: skip
    # Some count only the seven mandatory addenda of an international entry.
    mandatory = sum("10" <= each[1:3] <= "16" for each in entry.addenda) or found
    if entry.stated_addenda is not None and entry.stated_addenda not in (found, mandatory):
        yield Problem(
            line,
            "addenda_count",
            f"Line {line}: the entry states {entry.stated_addenda} addenda, {found} follow.",
        )
    types = [each[1:3] for each in entry.addenda]
    batch = entry.batch
    known = CLASSES.get(batch.entry_class) if batch else None
    if known and "99" not in types and "98" not in types:
        if found < known.least or found > known.most:
            wants = f"at least {known.least}" if found < known.least else f"at most {known.most}"
            yield Problem(
                line, "addenda_count",
                f"Line {line}: an entry of class {batch.entry_class if batch else ''} has {wants} "
                "addenda; here "
                f"are {found}.",
            )  # fmt: skip
        if batch is not None and batch.entry_class == "IAT" and found >= known.least:
            missing = [each for each in known.addenda[:7] if each not in types]
            if missing:
                yield Problem(
                    line, "addenda_type",
                    f"Line {line}: the international entry lacks addenda {', '.join(missing)} "
                    f"({ADDENDA[missing[0]]}).",
                )  # fmt: skip
        if wrong := next((each for each in types if each not in known.addenda), None):
            what = (
                f"of type {wrong} ({ADDENDA[wrong]})"
                if wrong in ADDENDA
                else f"of the unknown type {wrong!r}"
            )
            yield Problem(
                line, "addenda_type",
                f"Line {line}: addenda {what} under an entry of class {batch.entry_class if batch else ''}.",
            )  # fmt: skip
    for place, text in enumerate(entry.addenda, start=1):
        yield from _of_one(entry, line + place, text)


def _of_one(entry: Entry, line: int, text: str) -> Iterator[Problem]:
    kind, code = text[1:3], text[3:6].upper()
    if kind == "99" and code not in RETURNS:
        yield Problem(line, "reason", f"Line {line}: {code!r} is no return reason of ACH.")
    elif kind == "98" and code not in CHANGES:
        yield Problem(line, "reason", f"Line {line}: {code!r} is no change code of ACH.")
    elif kind == "10" and code not in INTERNATIONAL_TYPES:
        yield Problem(
            line,
            "reason",
            f"Line {line}: {code!r} is no type of international payment (such as BUS, SAL or TAX).",
        )
    elif kind in ("05", "17", "18") and text[87:94] != entry.trace[8:]:
        yield Problem(
            line, "addenda_trace",
            f"Line {line}: the addenda belongs to entry {text[87:94]}, but stands under {entry.trace[8:]}.",
        )  # fmt: skip
