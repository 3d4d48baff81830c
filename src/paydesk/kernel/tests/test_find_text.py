"""What is typed to find something is read the same however people write it, and never breaks."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.kernel.find_text import Days, FindText, read_find_text
from paydesk.kernel.public_codes import code_of

TODAY = date(2026, 3, 4)  # a Wednesday
PREFIXES = frozenset({"PAY", "CUS", "CON", "FIL"})


def read(text: str, today: date = TODAY) -> FindText:
    return read_find_text(text, today=today, code_prefixes=PREFIXES)


def one(on: date) -> Days:
    return Days(on, on)


@given(st.text())
def test_any_text_is_read(text):
    found = read(text)
    assert len(found.text) <= 100
    assert found.days is None or found.days.first <= found.days.last
    assert found.amount is None or not (found.key or found.phones or found.code)


@given(st.sampled_from(sorted(PREFIXES)), st.integers(0, 2**63 - 1), st.booleans())
def test_a_code_is_read_in_any_case_and_with_blanks(prefix, number, small):
    code = code_of(prefix, number)
    typed = f" {code.lower() if small else code} "
    assert read(typed).code == (prefix, number)


@given(st.integers(0, 10**9), st.integers(1, 35))
def test_a_mistyped_code_is_told_and_is_no_code(number, off):
    code = code_of("PAY", number)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = code[:-1] + alphabet[(alphabet.index(code[-1]) + off) % 36]
    found = read(wrong)
    assert (found.code, found.mistyped_code) == (None, wrong)


@given(st.integers(200_000_000, 599_999_999))
def test_a_whole_phone_is_one_number_however_it_is_written(national):
    text = str(national)
    forms = [
        f"0{text}", f"+233{text}", f"00233{text}", f"233{text}", f"0{text[:2]} {text[2:5]} {text[5:]}",
        f"+233 (0) {text[:2]}-{text[2:]}",
    ]  # fmt: skip
    for form in forms:
        assert f"233{text}" in read(form).phones, form


@pytest.mark.parametrize(
    ("text", "starts", "end"),
    [
        ("0244 12", ("23324412", "25424412", "23424412", "25624412"), "024412"),
        ("+233 24", ("23324",), ""),
        ("233244", ("233244",), "233244"),
        ("3456", (), "3456"),
        ("12 34 56", (), "123456"),
        ("123", (), ""),
        ("+23", (), ""),
    ],
)
def test_parts_of_a_phone(text, starts, end):
    found = read(text)
    assert (found.phone_starts, found.phone_end) == (starts, end)


@pytest.mark.parametrize(
    ("text", "key"),
    [("1048 2937", "10482937"), ("mp77-xyz", "MP77XYZ"), ("loan", ""), ("A1", ""), ("QBJ04Z8G", "QBJ04Z8G")],
)
def test_references(text, key):
    assert read(text).key == key


@pytest.mark.parametrize(
    ("text", "words"),
    [("Mensah", ("mensah",)), ("  AMA  Mensah ", ("ama", "mensah")), ("N'Golo", ("n'golo",)), ("x", ()),
     ("MP77XYZ", ()), ("Ọláwálé Bello", ("ọláwálé", "bello"))],
)  # fmt: skip
def test_names(text, words):
    assert read(text).words == words


MARCH_3 = one(date(2026, 3, 3))


@pytest.mark.parametrize(
    ("text", "amount", "currency", "days"),
    [
        ("45.50", "45.50", "", None),
        ("1,250.00", "1250.00", "", None),
        ("45,50", "45.50", "", None),
        ("120", "120", "", None),
        ("120 GHS", "120", "GHS", None),
        ("GHS120", "120", "GHS", None),
        ("GH₵ 1,500", "1500", "GHS", None),
        ("Ksh1,500.00", "1500.00", "KES", None),
        ("45.50 on 3 March", "45.50", "", MARCH_3),
        ("45.50 on March 3rd, 2026", "45.50", "", MARCH_3),
        ("3rd of march 45.50", "45.50", "", MARCH_3),
        ("45.50 2026-03-03", "45.50", "", MARCH_3),
        ("45.50 3/3", "45.50", "", MARCH_3),
        ("45.50 03.03.26", "45.50", "", MARCH_3),
        ("1500 yesterday", "1500", "", MARCH_3),
        ("120 GHS yesterday", "120", "GHS", MARCH_3),
        ("120 cedis on tuesday at 14:30", "120", "GHS", MARCH_3),
        ("120 cedis wednesday", "120", "GHS", one(TODAY)),
        ("120 last wednesday", "120", "", one(date(2026, 2, 25))),
        ("120 today", "120", "", one(TODAY)),
        ("120 on 5 March", "120", "", one(date(2025, 3, 5))),
        ("120 on 29 Feb", "120", "", one(date(2024, 2, 29))),
        ("120 in february", "120", "", Days(date(2026, 2, 1), date(2026, 2, 28))),
        ("120 GHS december 2025", "120", "GHS", Days(date(2025, 12, 1), date(2025, 12, 31))),
    ],
)
def test_amounts_with_and_without_a_day(text, amount, currency, days):
    found = read(text)
    assert (found.amount, found.currency, found.days) == (Decimal(amount), currency, days)
    assert (found.key, found.phone_end, found.words) == ("", "", ())


def test_a_name_beside_an_amount_narrows_it():
    found = read("Ama Mensah paid 45.50 on 3 March")
    assert (found.words, found.amount, found.days) == (("ama", "mensah"), Decimal("45.50"), MARCH_3)
    assert not found.is_name


@pytest.mark.parametrize(
    "text",
    ["10482937", "4567", "2026-03-02", "yesterday", "3 march", "May Owusu", "flat 12", "M 45.50x", "1.2.3.4"],
)
def test_what_is_no_amount(text):
    assert read(text).amount is None


@given(st.decimals(min_value=0, max_value=99999, places=2), st.dates(date(2001, 1, 1), TODAY))
def test_every_amount_and_day_comes_back_from_every_form(amount, on):
    for figure in (f"{amount:.2f}", f"{amount:,.2f}"):
        words = (f"{on:%d %B %Y}", f"{on:%b} {on.day} {on.year}")
        for day in (on.isoformat(), f"{on.day}/{on.month}/{on.year}", *words):
            for text in (f"{figure} on {day}", f"{day} {figure} GHS", f"ghs {figure} {day}"):
                found = read(text)
                assert (found.amount, found.days) == (amount, one(on)), text


@given(st.integers(0, 300))
def test_a_day_without_a_year_is_the_latest_that_is_not_ahead(back):
    on = TODAY - timedelta(days=back)
    assert read(f"45.50 on {on:%d %B}").days == one(on)
