"""Money keeps every digit, however long the amount."""

from decimal import Decimal

from paydesk.kernel.money import Money, exact_minor

LONG = "123456789012345678901234567890.12"


def test_no_digit_of_a_long_amount_is_rounded() -> None:
    minor = 12345678901234567890123456789012
    assert exact_minor(Decimal(LONG), "GHS") == minor
    assert exact_minor(Decimal(f"{LONG}1"), "GHS") is None
    assert Money(minor, "GHS").amount == Decimal(LONG)
    assert Money.of(f"{LONG} GHS") == Money(minor, "GHS")
    assert str(Money(minor, "GHS")) == "123,456,789,012,345,678,901,234,567,890.12 GHS"
