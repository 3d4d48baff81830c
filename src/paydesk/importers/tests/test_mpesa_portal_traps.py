"""The traps of M-Pesa's portal exports: forms, names, signs, clocks, what is typed, lines above a sheet."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import xlsxwriter

from paydesk.importers.reading import open_file
from paydesk.importers.records import RejectedLine, Statement, StatementLine

FULL = (
    "Receipt No.", "Completion Time", "Initiation Time", "Details", "Transaction Status", "Paid In",
    "Withdrawn", "Balance", "Balance Confirmed", "Reason Type", "Other Party Info",
    "Linked Transaction ID", "A/C No.",
)  # fmt: skip
SHORT = ("Receipt No.", "Completion Time", "Details", "Transaction Status", "Paid In", "Withdrawn", "Balance")


def lines_of(content: bytes) -> list[StatementLine]:
    reading = open_file(io.BytesIO(content), filename="portal")
    records = list(reading)
    assert reading.profile_name == "mpesa_portal"
    assert [each for each in records if isinstance(each, RejectedLine)] == []
    return [each for each in records if isinstance(each, StatementLine)]


def row(**cells: str) -> list[str]:
    found = {
        "Receipt No.": "INVENTED01", "Completion Time": "03-02-2026 10:15:30", "Details": "Pay Bill",
        "Transaction Status": "Completed", "Other Party Info": "254700000013 - INVENTED PAYER",
    }  # fmt: skip
    found |= {name.replace("_", " "): value for name, value in cells.items()}
    return [found.get(name.replace("A/C No.", "account"), "") for name in FULL]


def text_of(rows: list[list[str]], header: tuple[str, ...] = FULL) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in cells) for cells in [list(header), *rows]).encode()


@pytest.mark.parametrize(
    "written",
    ["03-02-2026 22:15:30", "03/02/2026 22:15:30", "2026-02-03 22:15:30", "03-02-2026 10:15:30 PM",
     "03/02/2026 10:15:30 pm", "2026/02/03 10:15:30 PM"],
)  # fmt: skip
def test_a_time_is_read_in_every_form_by_nairobis_clock(written: str) -> None:
    (line,) = lines_of(text_of([row(Completion_Time=written, Paid_In="1,250.00")]))
    assert str(line.occurred_at) == "2026-02-03 19:15:30+00:00"
    assert (line.kind, line.amount, line.msisdn) == ("payment", Decimal("1250.00"), "254700000013")


def test_a_failed_row_with_money_under_paid_in_moves_none_and_a_charge_is_a_fee() -> None:
    failed, charge, plus = lines_of(
        text_of(
            [
                row(Paid_In="350.00", Transaction_Status="Failed"),
                row(Details="Business Payment Charge", Withdrawn="-33.00", Initiation_Time=""),
                row(Details="Business Payment Charge", Withdrawn="33.00", Initiation_Time=""),
            ]
        )
    )
    assert (failed.kind, failed.status) == ("failed", "failed")
    assert [(each.kind, each.amount) for each in (charge, plus)] == [("fee", Decimal("-33.00"))] * 2


@pytest.mark.parametrize("typed", [" 6000 0013 ", "0", "loan", "", "MPESA60000013"])
def test_what_the_payer_typed_is_kept_whatever_it_is(typed: str) -> None:
    (line,) = lines_of(text_of([row(Paid_In="5", account=typed)]))
    assert line.reference == typed.strip()


def test_the_same_payer_and_amount_twice_under_two_receipts_is_two_payments() -> None:
    lines = lines_of(text_of([row(Paid_In="5"), row(Paid_In="5", **{"Receipt_No.": "INVENTED02"})]))
    assert len({line.provider_ref for line in lines}) == 2


@pytest.mark.parametrize("old", ["Receipt", "Transaction ID"])
def test_the_short_form_is_read_under_its_older_names(old: str) -> None:
    cells = ["INVENTED01", "03-02-2026 10:15:30", "Pay Bill", "Completed", "5.00", "", "9"]
    (line,) = lines_of(text_of([cells], (old, *SHORT[1:])))
    assert (line.provider_ref, line.balance) == ("INVENTED01", Decimal(9))


def test_a_sheet_with_account_lines_above_its_header_is_read_as_its_csv() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Statement")
        sheet.write_row(0, 0, ["Short Code:", "600999"])
        sheet.write_row(1, 0, ["Organization:", "Invented Phones Ltd"])
        sheet.write_row(3, 0, FULL)
        sheet.write_row(4, 0, row(Paid_In="1,250.00", account="60000013"))
        sheet.write_row(5, 0, row(Withdrawn="-33.00", Details="Pay Bill Charge"))
    reading = open_file(io.BytesIO(file.getvalue()), filename="portal.xlsx")
    records = list(reading)
    heads = [each for each in records if isinstance(each, Statement)]
    lines = [each for each in records if isinstance(each, StatementLine)]
    assert (reading.format, reading.profile_name, heads[0].account) == ("xlsx", "mpesa_portal", "600999")
    assert [(line.kind, line.amount) for line in lines] == [("payment", Decimal(1250)), ("fee", Decimal(-33))]
