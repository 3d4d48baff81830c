"""A worker killed between two chunks of un-posting: nothing is undone twice, the next one goes on."""

from __future__ import annotations

import random

import pytest

from paydesk.domain.contracts.models import DueItem
from paydesk.domain.payments.actions import approve_unpost, request_unpost
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import StatementLine
from paydesk.foundation.audit.models import AuditRecord
from paydesk.reporting.invariants import check_all
from tests.browser.people import make_person
from tests.builders import NOON, make_contract, make_source_account, receive, row
from tests.workers_to_kill import workers

ROWS = 600
SMALL_STEPS = """
from paydesk.domain.payments.actions import unposting
unposting.CHUNK_LINES = 50
"""


@pytest.mark.server
def test_an_unposting_killed_again_and_again_ends_as_if_nothing_had_happened(committed_db):
    analyst, lead = make_person("Ana", "AN", markets="GH"), make_person("Lea", "TL", markets="GH")
    account = make_source_account()
    contracts = [make_contract(account_number=f"1048{n:04d}", price_minor=5_000_00) for n in range(5)]
    lines = [
        row(n, "1.00", reference=contracts[n % 5].account_number if n % 7 else "loan")
        for n in range(1, ROWS + 1)
    ]
    file = receive(account, *lines)[0].statement_line.file
    file.state, file.payment_count, file.new_count, file.posted_at = "posted", ROWS, ROWS, NOON
    file.save()
    asked = request_unpost(file.pk, note="The wrong one", by=analyst.actor(), now=NOON)
    approve_unpost(asked.pk, by=lead.actor(), now=NOON)
    steps, kills = random.Random(5), 0
    with workers(committed_db, prepared=SMALL_STEPS) as some:
        for _ in range(20):
            file.refresh_from_db()
            if file.state == "unposted":
                break
            kills += some.run(file, kill_after_steps=steps.randint(1, 3) if kills < 3 else 10_000)
    assert file.state == "unposted"
    assert kills >= 2  # three, unless the machine let a worker run on while we were not looking
    assert set(Payment.objects.values_list("state", flat=True)) == {"unposted"}
    assert not StatementLine.objects.filter(withdrawn=False).exists()
    assert sum(DueItem.objects.values_list("allocated_minor", flat=True)) == 0
    chunks = AuditRecord.objects.filter(verb="file.unposted").values_list("changes", flat=True)
    assert sum(changes.get("payments", 0) for changes in chunks) == ROWS
    assert [finding.sentence for finding in check_all(most_rows=3) if finding.rows] == []
