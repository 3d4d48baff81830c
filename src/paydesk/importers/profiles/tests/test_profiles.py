"""The built-in profiles: recognised by their header, whole outputs as expected."""

from __future__ import annotations

import io
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from paydesk.importers.delimited import Mapping
from paydesk.importers.profiles import builtin, named, recognise
from paydesk.importers.reading import open_file
from paydesk.importers.records import RejectedLine, StatementLine
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_recognised_and_read_as_expected(sample: Path) -> None:
    reading = open_file(sample, filename=sample.name)
    assert reading.profile_name
    assert sample.name.startswith(reading.profile_name)
    assert_as_expected(reading, HERE / "expected" / f"{sample.name}.json")


def test_every_profile_has_a_sample_and_survives_a_json_round_trip() -> None:
    for profile in builtin():
        assert [path for path in SAMPLES if path.name.startswith(profile.name)], profile.name
        assert Mapping.from_json(profile.mapping.to_json()) == profile.mapping
        assert profile.mapping.problems() == []


def test_a_header_is_recognised_in_any_order_case_and_spacing() -> None:
    header = [
        "BALANCE",
        "withdrawn",
        "paid in",
        "transaction  status",
        "details",
        "completion time",
        "RECEIPT NO",
    ]
    found = recognise(header)
    assert found is not None
    assert found.name == "mpesa_portal"
    assert recognise(["Date", "Amount", "Reference"]) is None


def test_withdrawn_is_money_out_with_either_sign() -> None:
    text = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n"
    for sign in ("", "-"):
        row = f"T1,12-03-2024 10:00:00,Business Payment Charge,Completed,,{sign}33.00,67.00\n"
        (line,) = [
            each
            for each in open_file(io.BytesIO((text + row).encode()), filename="a.csv")
            if isinstance(each, StatementLine)
        ]
        assert (line.kind, line.amount) == ("fee", Decimal("-33.00"))


def test_the_payer_bearing_the_charge_leaves_no_fee_for_us() -> None:
    sample = HERE / "samples" / "hubtel_portal.csv"
    lines = [each for each in open_file(sample, filename=sample.name) if isinstance(each, StatementLine)]
    assert [(line.amount, line.fee) for line in lines[:2]] == [
        (Decimal("0.80"), Decimal("0.00")),
        (Decimal("1150.00"), Decimal("11.50")),
    ]
    assert "payer bore the charge of 0.05" in lines[0].text


def test_a_failed_row_is_never_a_payment_whatever_stands_under_paid_in() -> None:
    for name in ("mpesa_portal.csv", "hubtel_portal.csv"):
        sample = HERE / "samples" / name
        failed = Counter(
            (each.kind, each.status)
            for each in open_file(sample, filename=name)
            if isinstance(each, StatementLine) and each.status == "failed"
        )
        assert failed == {("failed", "failed"): 1}


def test_an_unknown_word_is_rejected_by_name() -> None:
    sample = HERE / "samples" / "hubtel_portal.csv"
    reasons = [
        each.reason for each in open_file(sample, filename=sample.name) if isinstance(each, RejectedLine)
    ]
    assert any("'Lucky Dip'" in reason for reason in reasons)


def test_a_file_without_the_columns_of_a_named_profile_is_refused() -> None:
    from paydesk.importers.records import NotReadable

    assert named("no_such_profile") is None
    with pytest.raises(NotReadable, match="'Receipt No.'"):
        open_file(io.BytesIO(b"Date,Amount\n2024-01-01,1\n"), filename="a.csv", format="mpesa_portal")
