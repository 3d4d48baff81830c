"""Amount text to exact decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.importers.amounts import Amounts, exact_amount, plain_text, signed_amount


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1,234.56", "1234.56", ""),
        ("1234.50000", "1234.50000", ""),
        ("-33.50", "-33.50", ""),
        ("33.50-", "-33.50", ""),
        ("\u221212.00", "-12.00", ""),
        ("(12.00)", "-12.00", ""),
        ("12.00 DR", "-12.00", ""),
        ("12.00CR", "12.00", ""),
        ("GHS 1,200.00", "1200.00", "GHS"),
        ("GH₵1,200.00", "1200.00", "GHS"),
        ("₵5", "5", "GHS"),
        ("KSh 1,050", "1050", "KES"),
        ("Ksh. 1,050.00", "1050.00", "KES"),
        ("KES1050.5", "1050.5", "KES"),
        ("₦ 2 500.00", "2500.00", "NGN"),
        ("NGN 2'500.00", "2500.00", "NGN"),
        ("UGX 35,000", "35000", "UGX"),
        ("- $220.00", "-220.00", "USD"),
        ("+ $1,150.00", "1150.00", "USD"),
        ("(GHS 5.00)", "-5.00", "GHS"),
        ("12.50 EUR", "12.50", "EUR"),
        ("\u00a012.50\u202f", "12.50", ""),
        (".50", "0.50", ""),
        ("0.00001", "0.00001", ""),
    ],
)
def test_amounts_with_a_decimal_point(text: str, amount: str, currency: str) -> None:
    assert signed_amount(text) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,56", "1234.56"), ("1 234,5", "1234.5"), ("-2,5", "-2.5"), ("10", "10"), ("1.000", "1000")],
)
def test_amounts_with_a_decimal_comma(text: str, amount: str) -> None:
    assert exact_amount(text, ",") == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "abc", "1,50", "12,34.00", "1,2345.00", "1.2.3", "1.230E+22", "NaN", "Infinity",
        "1_000", "--5", "Ksh.500", "(5", "5)", "(-5)", "-5 DR", "5 XX", "12.00 GHS KES", "٣", "1 2",
        "0x10", "5 %", "9" * 80, "123456789012345", "123,456,789,012,345.00",
        "GHS 123456789012345678901234567890.12", "1.123456789", "0.0000000001",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="amount|sign|fraction|decimals"):
        exact_amount(text)


def test_the_longest_amount_is_read_and_zeros_do_not_count() -> None:
    assert exact_amount("0,099,999,999,999,999.990000000000") == Decimal("99999999999999.99")


def test_a_point_where_commas_are_decimal_is_not_read_as_another_amount() -> None:
    with pytest.raises(ValueError, match="decimal comma"):
        exact_amount("12.50", ",")


def test_plain_text_has_no_exponent() -> None:
    assert [plain_text(Decimal(text)) for text in ("1E+2", "0E-8", "12.50")] == ["100", "0.00000000", "12.50"]


AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=2, min_value=-(10**14) + 1, max_value=10**14 - 1
)


@given(AMOUNTS, st.sampled_from(["", "GHS ", "KSh", "₦", "$"]), st.booleans())
def test_written_amounts_are_read_back_exactly(amount: Decimal, prefix: str, grouped: bool) -> None:
    shown = format(abs(amount), ",.2f" if grouped else ".2f")
    sign = "-" if amount < 0 else ""
    assert exact_amount(f"{sign}{prefix}{shown}") == amount
    european = shown.replace(",", " ").replace(".", ",")
    assert exact_amount(f"{sign}{prefix}{european}", ",") == amount


@given(st.text(max_size=40), st.sampled_from([".", ","]))
def test_any_text_is_an_amount_or_a_value_error(text: str, decimal: str) -> None:
    try:
        value = exact_amount(text, decimal)  # type: ignore[arg-type]
    except ValueError:
        return
    assert value.is_finite()
    assert any(map(str.isdigit, text))


def test_the_cache_stays_small() -> None:
    amounts = Amounts(".", room=10)
    for number in range(100):
        assert amounts[f"{number}.50"][0] == Decimal(f"{number}.50")
    assert len(amounts) <= 10
