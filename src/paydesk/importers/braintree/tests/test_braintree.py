"""Braintree's settlement batches: whole output, the figures of the real one, damage."""

from __future__ import annotations

import base64
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.braintree import document_of
from paydesk.importers.json_messages import NotJson
from paydesk.importers.reading import open_file
from paydesk.importers.records import Statement, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
REAL = Path(__file__).parents[6] / "shared" / "samples" / "psp" / "braintree"


@pytest.mark.parametrize("sample", sorted((HERE / "samples").iterdir()), ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    found = open_file(sample, filename=sample.name)
    assert found.format in ("braintree.settlement", "braintree.webhook")
    assert_as_expected(found, HERE / "expected" / f"{sample.stem}.json")


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")
def test_the_real_batch_has_three_rows() -> None:
    head, *lines = open_file(REAL / "raw_settlement_batch_report.json", filename="it")
    assert isinstance(head, Statement)
    assert (head.account, head.currency) == ("wikimediafoundation_instant", "USD")
    found = [line for line in lines if isinstance(line, StatementLine)]
    assert [(line.kind, line.status, line.amount, line.fee, line.net, line.reference) for line in found] == [
        ("payment", "success", Decimal("3.10"), Decimal("0.00"), Decimal("3.10"), "24315.1"),
        ("payment", "success", Decimal("3.00"), Decimal("0.00"), Decimal("3.00"), "24317.1"),
        ("payment", "success", Decimal("3.10"), Decimal("0.00"), Decimal("3.10"), "24316.1"),
    ]
    assert found[0].batch_key == "2025-12-21_wikimediafoundation_instant_58hbprvz"
    assert str(found[0].value_on) == "2025-12-22"


@pytest.mark.parametrize(
    "content",
    [
        b"<notification><kind>a</kind><kind>b</kind></notification>",
        b"<other/>",
        b"<!DOCTYPE n [<!ENTITY a 'aaaa'>]><notification>&a;</notification>",
        b"<notification>" + b"<a>" * 50 + b"</a>" * 50 + b"</notification>",
        b"<notification><kind>",
    ],
)
def test_a_payload_that_is_no_notification_is_refused_in_a_sentence(content: bytes) -> None:
    for body in (b"bt_payload=" + base64.b64encode(content), b"bt_payload=%F0", b"bt_signature=1"):
        with pytest.raises(NotJson, match=r"[.]$"):
            document_of(body)


def test_no_key_of_a_partner_is_kept() -> None:
    found = open_file(HERE / "samples" / "invented_webhooks.txt", filename="it")
    rows = [each for each in found if isinstance(each, StatementLine)]
    assert [row.text for row in rows if "partner" in row.text] == [
        "partner_merchant_connected, partner-merchant"
    ]
    assert "never kept" not in repr(rows)
