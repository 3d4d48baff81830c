"""Payout files: what a portal and a bank would read."""

from datetime import date

import pytest
from lxml import etree

from paydesk.kernel.money import Money
from paydesk.writers import credit_transfer, mobile_money_bulk
from paydesk.writers.mobile_money_bulk import Column, Payout


def test_a_bulk_file_has_the_columns_of_the_portal_and_no_formula():
    content = mobile_money_bulk.write(
        [Payout("233244123456", Money(1250, "GHS"), "REF-0000011", "=cmd|'x'!A0", "Refund\nline")],
        (
            Column("Receiver", "local_number"),
            Column("Amount", "amount"),
            Column("Cur", "currency"),
            Column("Ref", "reference"),
            Column("Name", "name"),
            Column("Note", "note"),
        ),
        delimiter=";",
    )
    assert content == (
        b"Receiver;Amount;Cur;Ref;Name;Note\r\n0244123456;12.50;GHS;REF-0000011;'=cmd|'x'!A0;Refund line\r\n"
    )


def test_a_bulk_file_without_a_reference_could_never_be_read_back():
    with pytest.raises(ValueError, match="our reference"):
        mobile_money_bulk.write([], (Column("Phone", "msisdn"), Column("Amount", "amount")))


def test_bank_transfers_are_a_valid_message_with_our_references():
    content = credit_transfer.write(
        [
            credit_transfer.Transfer(
                "Änne Müller", "DE89370400440532013000", Money(1999, "EUR"), "REF-0000011", "Refund"
            ),
            credit_transfer.Transfer("Bo", "NL91ABNA0417164300", Money(1, "EUR"), "REF-0000022", "Refund"),
        ],
        debtor=credit_transfer.Debtor("Demo lender", "DE89370400440532013000", "COBADEFFXXX"),
        on=date(2026, 3, 2),
        currency="EUR",
    )
    tree = etree.fromstring(content)
    names = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}
    assert tree.xpath("//p:EndToEndId/text()", namespaces=names) == ["REF-0000011", "REF-0000022"]
    assert tree.xpath("//p:InstdAmt/text()", namespaces=names) == ["19.99", "0.01"]
    assert tree.xpath("//p:GrpHdr/p:CtrlSum/text()", namespaces=names) == ["20.00"]
    with pytest.raises(ValueError, match="in GHS"):
        credit_transfer.write(
            [credit_transfer.Transfer("Bo", "NL91ABNA0417164300", Money(1, "GHS"), "R", "x")],
            debtor=credit_transfer.Debtor("Demo", "DE89370400440532013000"),
            on=date(2026, 3, 2),
            currency="EUR",
        )
