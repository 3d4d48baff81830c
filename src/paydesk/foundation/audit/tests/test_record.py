"""Writing the trail: what a record holds, in whose transaction, and what it refuses to hold."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.audit.queries import history
from paydesk.foundation.audit.steps import fingerprint, record
from paydesk.kernel.actor import Actor, system

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
AMA = Actor("person", 12, "Ama Test")


@pytest.mark.django_db
class TestRecord:
    def test_says_who_did_what_to_what_and_when(self):
        changes = {"state": ["new", "posted"], "amount_minor": 1200}
        number = record(
            "file.posted", subject=("file", 7), by=AMA, at=NOON, changes=changes, market="GH", note="late"
        )
        found = AuditRecord.objects.get(pk=number)
        assert (found.actor, found.person_id, found.verb, found.at) == ("person:12", 12, "file.posted", NOON)
        assert (found.subject_kind, found.subject_id, found.market) == ("file", "7", "GH")
        assert (found.changes, found.note) == (changes, "late")
        assert found.tx_id > 0

    def test_the_system_is_no_person(self):
        number = record("file.posted", subject=("file", 7), by=system("worker"), at=NOON, changes={})
        found = AuditRecord.objects.get(pk=number)
        assert (found.actor, found.person_id) == ("system:worker", None)

    def test_history_is_of_one_thing_oldest_first(self):
        for verb, subject in [
            ("a.made", ("a", 1)),
            ("a.made", ("a", 2)),
            ("b.made", ("b", 1)),
            ("a.sent", ("a", 1)),
        ]:
            record(verb, subject=subject, by=AMA, at=NOON, changes={})
        assert [r.verb for r in history("a", 1)] == ["a.made", "a.sent"]

    @pytest.mark.parametrize(
        "changes", [{"email": "x"}, {"payer": {"msisdn": "1"}}, {"rows": [{"name": "x"}]}]
    )
    def test_personal_data_is_never_sealed(self, changes):
        with pytest.raises(ValueError, match="personal"):
            record("x.y", subject=("x", 1), by=AMA, at=NOON, changes=changes)
        assert not AuditRecord.objects.exists()

    @pytest.mark.parametrize("changes", [{"amount": 1.5}, {"rows": [{"rate": [0.1]}]}])
    def test_no_float(self, changes):
        with pytest.raises(ValueError, match="float"):
            record("x.y", subject=("x", 1), by=AMA, at=NOON, changes=changes)

    def test_goes_when_its_verb_is_undone(self):
        with transaction.atomic():
            record("x.y", subject=("x", 1), by=AMA, at=NOON, changes={})
            transaction.set_rollback(True)
        assert not AuditRecord.objects.exists()


def test_a_fingerprint_tells_equal_from_different_and_needs_the_secret_key(settings):
    first = fingerprint("+233200000000")
    assert first == fingerprint("+233200000000") != fingerprint("+233200000001")
    settings.SECRET_KEY = "another installation's"
    assert fingerprint("+233200000000") != first


def test_a_record_outside_a_transaction_is_a_mistake_in_our_code(committed_db):
    with pytest.raises(AssertionError, match="transaction of its verb"):
        record("x.y", subject=("x", 1), by=AMA, at=NOON, changes={})
