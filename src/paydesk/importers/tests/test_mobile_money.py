"""Callbacks of mobile money and PSPs: the real ones as expected, and no damage crashes."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paydesk.importers.reading import open_file
from paydesk.importers.records import NotReadable, RejectedLine, StatementLine
from paydesk.importers.registry import MESSAGES

REAL = Path(__file__).parents[5] / "shared" / "samples" / "mobile-money"

# file: (format, kind, status, amount, currency, fee, id), as samples/README.md says.
EXPECTED: dict[str, tuple[str, str, str, str, str, str | None, str]] = {
    "airtel-callback.json": ("airtel.callback", "payment", "success", "1000", "KES", None, "TXN-123456"),
    "hubtel-callback-success.json": (
        "hubtel.callback", "payment", "success", "0.8", "GHS", "0", "09f84e20a283942e807128e8c21d08d6",
    ),
    "hubtel-receive-money-response-pending.json": (
        "hubtel.callback", "payment", "pending", "0.8", "GHS", "0", "09f84e20a283942e807128e8c21d08d6",
    ),
    "hubtel-status-paid.json": (
        "hubtel.status", "payment", "success", "0.10", "GHS", "0.02", "7fd01221faeb41469daec7b3561bddc5",
    ),
    "mpesa-b2c-result.json": ("mpesa.result", "payout", "success", "-8000", "KES", None, "LGH3197RIB"),
    "mpesa-c2b-confirmation.json": ("mpesa.c2b", "payment", "success", "10.00", "KES", None, "LGR219G3EY"),
    "mpesa-stk-callback-success.json": ("mpesa.stk", "payment", "success", "1", "KES", None, "LGR7OWQX0R"),
    "mtn-momo-requesttopay-callback.json": (
        "mtn.callback", "payment", "success", "1000", "GHS", None, "123456789",
    ),
    "paystack-charge-success.json": (
        "paystack.webhook", "payment", "success", "5000.00", "NGN", None, "123456789",
    ),
}  # fmt: skip


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_message_says_what_its_origin_expects(name: str) -> None:
    found = open_file(REAL / name, filename=name)
    (line,) = [each for each in found if isinstance(each, StatementLine)]
    format_name, kind, status, amount, currency, fee, provider_ref = EXPECTED[name]
    assert (found.format, line.kind, line.status) == (format_name, kind, status)
    assert (line.amount, line.currency) == (Decimal(amount), currency)
    assert line.fee == (None if fee is None else Decimal(fee))
    assert line.provider_ref == provider_ref


@pytest.mark.skipif(not REAL.is_dir(), reason="the shared samples are not here")
def test_a_pull_adds_up_and_a_request_of_ours_is_no_message_of_the_provider() -> None:
    rows = list(open_file(REAL / "mpesa-pull-transactions.json", filename="pull"))
    lines = [each for each in rows if isinstance(each, StatementLine)]
    assert (len(lines), sum(line.amount for line in lines)) == (5, Decimal("2471.00"))
    with pytest.raises(NotReadable, match="a JSON document"):
        open_file(REAL / "hubtel-receive-money-request.json", filename="request")


def samples() -> list[Any]:
    """Every message of our own samples."""
    folders = [Path(__file__).parents[1] / each.name.replace(".", "_") / "samples" for each in MESSAGES]
    found: list[Any] = []
    for path in sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        whole = json.loads(path.read_text(encoding="utf-8"))
        found += whole if isinstance(whole, list) else [whole]
    return found


SAMPLES = samples()
JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just([]), st.just({}),
    st.sampled_from(["1E+99", "0x1", "|", "&", "a|b|c", "1" * 80, "\x00", "\ud800", "99.99.9999"]),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), JUNK)
def test_a_message_with_a_wrong_value_anywhere_is_a_line_or_a_reason(
    message: Any, random: Any, junk: object
) -> None:
    text = json.dumps(_with_junk(json.loads(json.dumps(message)), random, junk))
    try:
        records = list(open_file(io.BytesIO(text.encode()), filename="m"))
    except NotReadable:  # so much is wrong that it is no message of any provider
        return
    assert records
    for each in records:
        if isinstance(each, RejectedLine):
            assert each.reason.endswith((".", "?"))
        if isinstance(each, StatementLine) and each.kind == "payment" and each.status == "success":
            assert each.amount > 0
            assert each.provider_ref


def _with_junk(value: Any, random: Any, junk: object) -> Any:
    """`value` with one part, somewhere in it, replaced by `junk`."""
    if isinstance(value, dict | list) and value and random.random() < 0.8:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = random.choice(keys)
        value[key] = _with_junk(value[key], random, junk)
        return value
    return junk
