"""Events that the platform posts by itself: once each, in whatever order, and what cannot be says why."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase

from paydesk.domain.callbacks import actions as callbacks
from paydesk.domain.callbacks.tests.company import send
from paydesk.domain.marketplace import actions, taking
from paydesk.domain.marketplace.models import LinkAttempt, MarketEvent, SellerOrder, Withdrawal
from paydesk.domain.marketplace.queries import balances_of, messages_of
from paydesk.domain.marketplace.tests.test_marketplace import broken
from paydesk.domain.parties.models import Party
from paydesk.domain.providers.actions import CallbacksRefused, open_callbacks
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.inbox.actions import retry_message
from paydesk.foundation.inbox.models import Message
from tests.builders import ANALYST, NOON, WORKER, make_source_account

STORY = (
    {"event": "order_paid", "amount": 100, "fee": "6.00", "order_id": "O-1", "seller_name": "Efua Invented"},
    {"event": "order_available", "amount": "94.00", "order_id": "O-1"},
    {"event": "withdrawal_requested", "amount": "50.00", "withdrawal_id": "W-1", "method": "bank"},
    {"event": "withdrawal_failed", "amount": "50.00", "withdrawal_id": "W-1", "reason_code": "closed"},
    {"event": "link_attempt", "method": "card", "reason_code": "declined", "reason": "4111 1111 1111 1111"},
)


def event(number: int, **fields: Any) -> bytes:
    told = {"event_id": f"E{number}", "at": f"2026-03-01T08:0{number}:00Z", "seller_id": "S-1",
            "currency": "GHS", **fields}  # fmt: skip
    return json.dumps(told).encode()


class Messages(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.account = make_source_account(provider="marketplace", role="evidence", name="Market")
        cls.endpoint = open_callbacks(cls.account.pk, dialect="marketplace", by=WORKER, now=NOON)

    def told(self, *bodies: bytes) -> list[Message]:
        return [send(self.endpoint, body, "event") for body in bodies]

    def taken(self, **later: int) -> int:
        settled = 0
        while batch := actions.take_messages(by=WORKER, now=NOON + timedelta(**later), limit=2):
            settled += batch
        return settled

    def states(self) -> list[tuple[str, str]]:
        return list(Message.objects.order_by("pk").values_list("state", "outcome"))

    def test_in_any_order_and_told_again_each_counts_once(self) -> None:
        bodies = [event(number, **fields) for number, fields in enumerate(STORY)]
        self.told(*reversed(bodies), *bodies)
        assert self.taken() == 5
        assert callbacks.post_callbacks(by=WORKER, now=NOON) == 0, "they are no payments"
        assert self.states() == [("understood", "event")] * 5
        (balance,) = balances_of([Party.objects.get().pk])[Party.objects.get().pk]
        assert (str(balance.available), str(balance.pending)) == ("94.00 GHS", "0.00 GHS")
        assert (Withdrawal.objects.get().state, SellerOrder.objects.get().state) == ("failed", "available")
        assert Party.objects.get().name == "Efua Invented", "the first that came did not name them"
        assert "4111 1111" not in LinkAttempt.objects.get().reason
        assert broken() == []
        events = list(MarketEvent.objects.all())
        assert sorted(messages_of(events)) == sorted(each.pk for each in events), "each leads to its message"
        # Spelt otherwise it is another message of the same event.
        self.told(bodies[0].replace(b": 100", b": 100.00"), bodies[1].replace(b"94.00", b"90.00"))
        assert self.taken() == 2
        assert self.states()[-2:] == [("understood", "known"), ("rejected", "conflict")]
        assert "said something else" in Message.objects.latest("pk").reason
        assert (MarketEvent.objects.count(), broken()) == (5, [])

    def test_what_comes_too_early_waits_a_day_and_is_rejected_with_its_reason(self) -> None:
        early, bad, foreign = self.told(
            event(1, **STORY[1]), b'{"event": [1]}', event(7, **{**STORY[0], "currency": "KES"})
        )
        self.taken()
        assert self.states() == [("received", ""), ("rejected", "nothing"), ("rejected", "conflict")]
        for message, words in ((early, "was not paid by any event before"), (foreign, "Currency is KES")):
            message.refresh_from_db()
            assert words in message.reason
        assert not Party.objects.exists(), "what waits leaves nothing behind"
        before = AuditRecord.objects.count()
        assert actions.take_early_messages(by=WORKER, now=NOON + taking.WAITS_AT_MOST) == 0
        assert AuditRecord.objects.count() == before
        assert actions.take_early_messages(by=WORKER, now=NOON + timedelta(hours=25)) == 1
        early.refresh_from_db()
        assert (early.state, early.reason[-23:]) == ("rejected", "None came within a day.")
        self.told(event(0, **STORY[0]))
        self.taken(hours=26)
        retry_message(early.pk, by=ANALYST, now=NOON)
        self.taken(hours=27)
        early.refresh_from_db()
        assert early.state == "understood"
        assert broken() == []

    def test_its_address_is_of_an_account_that_is_evidence_and_no_other(self) -> None:
        paying = make_source_account()
        with pytest.raises(CallbacksRefused, match="account that is evidence"):
            open_callbacks(paying.pk, dialect="marketplace", by=WORKER, now=NOON)
        other = make_source_account(role="evidence")
        with pytest.raises(CallbacksRefused, match="does not originate"):
            open_callbacks(other.pk, dialect="hubtel", by=WORKER, now=NOON)
