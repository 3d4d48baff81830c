"""Deciding how a file is read: by its format, by a saved profile, or by asking a person."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from paydesk.domain.providers.models import FileProfile, SourceAccount
from paydesk.domain.statements.whose_format import why_not_of
from paydesk.importers import delimited, profiles, reading
from paydesk.importers.delimited.any_table import AnyTable
from paydesk.importers.delimited.spreadsheets import is_workbook
from paydesk.importers.opening import members
from paydesk.importers.records import NeedsMapping, Statement
from paydesk.importers.registry import TABLE_NAMES, importer_for
from paydesk.kernel.references import key_of


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """How a file will be read. `question` is what only a person can answer; empty when nothing is open."""

    format: str
    mapping: dict[str, Any] | None = None
    account: SourceAccount | None = None
    profile: FileProfile | None = None
    question: str = ""
    notes: list[str] = field(default_factory=list)


def plan_reading(file: BinaryIO, filename: str, *, account: SourceAccount | None) -> ReadingPlan:
    """Look at the content of a file and say how to read it and which account of ours it is from.

    Raises importers.records.NotReadable for what is no statement at all and, before anybody is asked about
    it, for a file or a member of an archive that is damaged further down; in one sentence.
    """
    plan = _planned(file, filename, account)
    if plan.question:
        _look_for_damage(file, filename, plan)
    return plan


def formats_in(found: reading.Reading) -> set[str]:
    """The formats of a file, several where it is an archive of them."""
    return {part.prepared.format for part in found.parts}


def _look_for_damage(file: BinaryIO, filename: str, plan: ReadingPlan) -> None:
    """Read a statement, and every member of an archive, to the end: nobody answers for a file in vain.

    A table by itself shows its first rows while it is mapped; its damage is said there.
    """
    mapping = delimited.Mapping.from_json(plan.mapping) if plan.mapping else None
    if mapping is not None and (mapping.problems() or len(members(file, filename)) == 1):
        return
    for _ in reading.open_file(file, filename=filename, mapping=mapping):
        pass


def _planned(file: BinaryIO, filename: str, account: SourceAccount | None) -> ReadingPlan:
    if not _is_table(file, filename):
        return _plan_statement(reading.open_file(file, filename=filename), account)
    names = delimited.header_of(file)
    saved = FileProfile.objects.filter(
        fingerprint=delimited.fingerprint(names), is_current=True
    ).select_related("source_account")
    if account is not None:
        saved = saved.filter(source_account=account)
    saved_profiles = list(saved)
    if len(saved_profiles) == 1:
        profile = saved_profiles[0]
        return ReadingPlan("table", profile.mapping, profile.source_account, profile)
    if saved_profiles:
        return ReadingPlan(
            "table",
            saved_profiles[0].mapping,
            None,
            question="Several accounts have files with these columns. Choose the account this one is from.",
        )
    builtin = profiles.recognise(names)
    if builtin is not None:
        return ReadingPlan(
            "table",
            builtin.mapping.to_json(),
            account or _only_account_of(builtin.provider),
            question=f"First file with these columns, read as {builtin.label}. Check the preview, then save "
            "it as this account's profile.",
            notes=[builtin.notice] if builtin.notice else [],
        )
    guess = delimited.guess(file)
    return ReadingPlan(
        "table",
        guess.mapping.to_json(),
        account,
        question="The columns are new to the desk. "
        "Check what was guessed, choose the account, save the profile.",
        notes=list(guess.assumptions),
    )


def _is_table(file: BinaryIO, filename: str) -> bool:
    first = members(file, filename)[0]
    found = importer_for(first.head(), first.path or filename)
    is_table = isinstance(found, AnyTable)
    if is_table and is_workbook(first.head(8), first.file):
        # The first bytes of a workbook do not show whether it is a report that is known.
        with suppress(NeedsMapping):
            is_table = found.prepare(first.file).format in TABLE_NAMES
    file.seek(0)
    return is_table


def _plan_statement(found: reading.Reading, account: SourceAccount | None) -> ReadingPlan:
    """The account of a statement is the one whose number it names."""
    stated = next(
        (record.account for record in found if isinstance(record, Statement) and record.account), None
    )
    if account is None and stated:
        candidates = [a for a in SourceAccount.objects.all() if key_of(a.identifier) == key_of(stated)]
        account = candidates[0] if len(candidates) == 1 else None
    elif account is not None and stated and key_of(account.identifier) != key_of(stated):
        return ReadingPlan(
            found.format,
            question=f"The statement is of account {stated}, not of {account.name} ({account.identifier}).",
        )
    question = ""
    if account is not None and (question := why_not_of(formats_in(found), account)):
        account = None
    elif account is None:
        question = (
            f"The statement is of account {stated}, which is none of ours yet. Choose an account or add it."
            if stated
            else "The statement does not name its account. Choose the account it is from."
        )
    return ReadingPlan(found.format, None, account, question=question)


def _only_account_of(provider_code: str) -> SourceAccount | None:
    accounts = list(SourceAccount.objects.filter(provider__code=provider_code)[:2])
    return accounts[0] if len(accounts) == 1 else None
