"""A sample of every importer and profile goes through the intake: read, previewed, confirmed, posted.

Each file is of an account of its own, in its own currency. At the end every invariant of the books holds.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from paydesk.domain.payments.actions import confirm_file, post_file
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.actions import map_file, read_file, upload_file
from paydesk.domain.statements.models import SourceFile
from paydesk.domain.statements.queries import preview, seen_mark
from paydesk.importers import profiles
from paydesk.importers.reading import open_file
from paydesk.importers.records import RejectedLine, Statement, StatementLine
from paydesk.importers.registry import IMPORTERS
from paydesk.reporting.invariants import check_all
from tests.builders import ANALYST, NOON, WORKER, make_source_account


@pytest.fixture(scope="module", autouse=True)
def _own_database(committed_module_db: str) -> None:
    """One database for the module: every file has an account of its own."""


def samples() -> list[Path]:
    """The samples beside every registered importer, and those of the profiles."""
    folders = {Path(inspect.getfile(each)).parent / "samples" for each in IMPORTERS}
    folders.add(Path(inspect.getfile(profiles)).parent / "samples")
    return sorted(path for folder in folders for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("sample", samples(), ids=lambda path: f"{path.parents[1].name}-{path.name}")
def test_a_sample_is_read_previewed_and_posted_row_by_row(sample: Path) -> None:
    with open_file(sample, filename=sample.name) as reading:
        records = list(reading)
    lines = [each for each in records if isinstance(each, StatementLine)]
    rejected = [each for each in records if isinstance(each, RejectedLine)]
    stated = next((each.account for each in records if isinstance(each, Statement) and each.account), None)
    currency = next((line.currency for line in lines if line.currency != "XXX"), "GHS")
    more = {"identifier": stated[:64]} if stated else {}
    provider = f"{sample.parents[1].name}-{sample.stem}"[:40]
    account = make_source_account(provider=provider, currency=currency, **more)

    with sample.open("rb") as content:
        file = upload_file(
            content, filename=sample.name, source_account_id=account.pk, by=ANALYST, now=NOON
        ).file
    file = read_file(file.pk, by=WORKER, now=NOON)
    if file.state == "mapping_needed":  # a table that is new to the desk: a person takes what was guessed
        map_file(file.pk, source_account_id=account.pk, mapping=file.mapping, by=ANALYST, now=NOON)
        file = read_file(file.pk, by=WORKER, now=NOON)
    if not lines and not rejected:
        assert (file.state, file.problem[:22]) == ("refused", "The file holds no rows")
        return
    assert (file.state, file.problem) == ("previewed", "")
    assert (file.line_count, file.rejected_count) == (len(lines), len(rejected))
    seen = preview(file)
    assert sum(total.rows for total in seen.totals) == len(lines)

    confirm_file(file.pk, seen=seen_mark(file), by=ANALYST, now=NOON)
    posted: SourceFile = post_file(file.pk, by=WORKER, now=NOON)
    assert (posted.state, posted.format) == ("posted", reading.format)
    assert (posted.new_count, posted.known_count) == (seen.new, seen.known)
    assert posted.rejected_count == len(rejected) + seen.in_conflict
    assert posted.payment_count == seen.payments
    paid = list(Payment.objects.filter(source_account=account).values_list("amount_minor", flat=True))
    assert (len(paid), sum(paid)) == (seen.payments, sum(total.payments_minor for total in seen.totals))


def test_and_then_every_invariant_of_the_books_holds() -> None:
    broken = [f for f in check_all(most_rows=5, own_snapshot=False) if f.rows and f.name != "documents_kept"]
    assert not broken, broken
