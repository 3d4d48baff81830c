"""Messages of every shape give their code, amount and day; lists are read line by line. All invented."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.kernel.pasted_text import MOST_ITEMS, TooMuchPastedError, read_pasted

GH, KE = frozenset({"GH"}), frozenset({"KE"})
MESSAGES = {
    "M-Pesa": (
        "SJK4ABC12X Confirmed. Ksh1,500.00 sent to BAOBAB PHONES for account 10482937 on 3/3/26 at 10:15 AM. "
        "New M-PESA balance is Ksh230.10. Transaction cost, Ksh0.00.",
        ("SJK4ABC12X", "1500.00", "KES", date(2026, 3, 3), "10482937"),
    ),
    "MTN MoMo": (
        "Payment made for GHS 50.00 to BAOBAB PHONES. Current Balance: GHS 12.00. "
        "Reference: 10482937. Transaction ID: 30123456789. TRANSACTION FEE: 0.50",
        ("30123456789", "50.00", "GHS", None, "10482937"),
    ),
    "MTN MoMo Uganda": (
        "You have paid UGX 25,000 to Baobab Phones. Financial Transaction Id: 9876543210. "
        "Fee: UGX 0. Balance: UGX 1,000. Date: 2026-03-02 18:01:22",
        ("9876543210", "25000", "UGX", date(2026, 3, 2), ""),
    ),
    "Telecel Cash": (
        "0000012345678 Confirmed. GHS75.00 paid to BAOBAB PHONES on 2026-03-02 at 10:15:22. "
        "Reference: 10482937. Your Telecel Cash balance is GHS3.20.",
        ("0000012345678", "75.00", "GHS", date(2026, 3, 2), "10482937"),
    ),
    "AirtelTigo Money": (
        "Your payment of GHS 20.00 to BAOBAB PHONES was received. Trans ID: MP260303.1015.C00A1Z. "
        "Your balance is GHS 5.00",
        ("MP260303.1015.C00A1Z", "20.00", "GHS", None, ""),
    ),
    "Airtel Uganda": (
        "PAID.TID 12345678901. UGX 15,000 to BAOBAB PHONES Charge UGX 0. Bal UGX 900. Date 02/03/2026 11:00",
        ("12345678901", "15000", "UGX", date(2026, 3, 2), ""),
    ),
}


@pytest.mark.parametrize("shape", MESSAGES)
def test_a_message_of_each_shape(shape):
    text, (code, amount, currency, on, typed) = MESSAGES[shape]
    for pasted in (text, text.replace(". ", ".\n", 2)):
        (found,) = read_pasted(pasted, markets=GH)
        assert (found.kind, found.codes[0], found.amount, found.currency, found.on, found.typed) == (
            "message", code, Decimal(amount), currency, on, typed,
        )  # fmt: skip


def test_several_messages_one_per_line():
    text = "\n".join(message for message, _ in MESSAGES.values())
    assert [each.codes[0] for each in read_pasted(text, markets=GH)] == [
        expected[0] for _, expected in MESSAGES.values()
    ]


def test_a_list_of_codes_phones_and_names():
    found = read_pasted(
        'PAY-00012K7\n"MP77XYZ12",\n  0244 123 456 \n+254712345678\nAma Mensah\n10482937\n??\n',
        markets=GH | KE,
    )
    assert [(each.place, each.kind) for each in found] == [
        (1, "code"), (2, "code"), (3, "phone"), (4, "phone"), (5, "name"), (6, "code"), (7, "unreadable"),
    ]  # fmt: skip
    assert found[1].codes == ("MP77XYZ12",)
    assert "233244123456" in found[2].phones
    assert found[4].words == ("ama", "mensah")


def test_two_hundred_and_no_more():
    assert len(read_pasted("\n".join(f"TX{n:06}" for n in range(MOST_ITEMS)), markets=GH)) == MOST_ITEMS
    with pytest.raises(TooMuchPastedError, match="these are 201"):
        read_pasted("\n".join(f"TX{n:06}" for n in range(MOST_ITEMS + 1)), markets=GH)


@given(st.text(max_size=3_000))
def test_anything_is_read_without_breaking(text):
    try:
        found = read_pasted(text, markets=GH)
    except TooMuchPastedError:
        return
    assert all("\0" not in each.text and len(each.text) <= 1_000 for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "transaction id " * 6_000,
        "GHS " * 20_000,
        "9" * 99_000,
        "a" * 99_000,
        "payment paid " + "A." * 40_000,
    ],  # fmt: skip
)
def test_what_is_meant_to_be_slow_is_not(text):
    assert len(read_pasted(text, markets=GH)) == 1
