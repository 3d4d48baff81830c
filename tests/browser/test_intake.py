"""The heart of the desk in a browser: files are dropped, mapped, previewed and posted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.models import SourceFile
from paydesk.foundation.people.models import Person
from tests.browser.axe import assert_no_axe_violations
from tests.browser.conftest import OpenPage, every_look
from tests.browser.people import make_person
from tests.browser.working import a_worker
from tests.builders import make_contract, make_source_account

SignIn = Callable[[Page, Person], None]
Picture = Callable[[Page, str], None]

CSV = """Date;Receipt;Reference;Phone;Payer;Amount;Type;Status
01-03-2026 09:00:00;R1;10482937;0244000001;Akosua Mensah;50.00;C2B;paid
01-03-2026 09:05:00;R2;10482937;0244000001;Akosua Mensah;20.00;C2B;paid
14-03-2026 09:10:00;R3;nobody;0249999999;Kwame Owusu;30.00;C2B;paid
14-03-2026 09:20:00;R4;10482937;0244000001;Akosua Mensah;70.00;C2B;failed
14-03-2026 10:00:00;R5;;;;-1.00;Lucky dip;paid
14-03-2026 11:00:00;R6;10482937;0244000001;Akosua Mensah;fifty;C2B;paid
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-15T05:00:00+00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-03-15T05:00:00+00:00</CreDtTm>
<Acct><Id><IBAN>XX00INVENTED0000000001</IBAN></Id><Ccy>GHS</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>PRCD</Cd></CdOrPrtry></Tp>
<Amt Ccy="GHS">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-13</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
<Amt Ccy="GHS">170.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-14</Dt></Dt></Bal>
<Ntry><Amt Ccy="GHS">70.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-14</Dt></BookgDt><ValDt><Dt>2026-03-14</Dt></ValDt><AcctSvcrRef>B1</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>Settlement</Ustrd></RmtInf></TxDtls></NtryDtls>
</Ntry></Stmt></BkToCstmrStmt></Document>
"""


def upload(page: Page, *files: tuple[str, str]) -> None:
    page.locator("#upload-files").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": text.encode()} for name, text in files]
    )


@pytest.fixture
def company(desk: str) -> Iterator[None]:
    """Two accounts, a contract and a worker."""
    make_source_account(name="Momo collections")
    make_source_account(
        name="Main account", provider="bank", identifier="XX00INVENTED0000000001", role="settles",
        ledger_code="1010",
    )  # fmt: skip
    make_contract(account_number="10482937", customer_name="Akosua Mensah", phones=("233244000001",))
    with a_worker():
        yield


def test_an_analyst_drops_two_files_maps_one_posts_both_and_sees_what_became_of_every_row(
    desk: str, company: None, analyst: Person, open_page: OpenPage, sign_in: SignIn, picture: Picture
) -> None:
    page = open_page()
    sign_in(page, analyst)
    files = [
        {"name": "momo 2026-03.csv", "mimeType": "text/csv", "buffer": CSV.encode()},
        {"name": "bank.xml", "mimeType": "text/xml", "buffer": CAMT.encode()},
    ]
    page.on("filechooser", lambda chooser: chooser.set_files(files))
    page.goto(f"{desk}/intake/")
    page.keyboard.press("u")
    row = page.get_by_role("row").filter(has_text="momo 2026-03.csv")
    expect(row).to_contain_text("Mapping needed")
    expect(page.get_by_role("row").filter(has_text="bank.xml")).to_contain_text("Ready to post")
    assert_no_axe_violations(page)

    # The columns are new: the desk guesses, a person answers what only they can know, and sees it at once.
    page.get_by_role("link", name="momo 2026-03.csv", exact=True).click()
    first_rows = page.get_by_role("region", name="The first rows by this mapping")
    expect(first_rows).to_contain_text("1 rejected")
    expect(page.locator("#column-amount")).to_have_value("Amount")
    expect(page.locator("#column-provider_ref")).to_have_value("Receipt")
    page.get_by_label("The account this file is from").select_option(label="Momo: Momo collections · GH GHS")
    expect(page.get_by_label("Clock of the times")).to_have_value("Africa/Accra")
    expect(page.get_by_label("Currency of every row")).to_have_value("GHS")
    lucky = page.locator("#words .columns label").filter(has_text="Lucky dip")
    page.locator(f"#{lucky.get_attribute('for')}").select_option("adjustment")
    expect(first_rows.get_by_role("row").filter(has_text="R5")).to_contain_text("Adjustment")
    picture(page, "intake-mapping")
    assert_no_axe_violations(page)
    page.get_by_label("Name of the profile").fill("Momo portal")
    page.get_by_role("button", name="Read the file").click()

    # Before anything is posted: what it would bring.
    post = page.get_by_role("link", name="Post 3 payments, 100.00 GHS")
    expect(post).to_be_visible()
    article = page.get_by_role("article")
    expect(article).to_contain_text("no money moved")
    expect(article).to_contain_text("fifty")
    picture(page, "intake-previewed")
    assert_no_axe_violations(page)
    page.locator("body").press("p")
    dialog = page.locator("#dialog")
    expect(dialog.get_by_role("button", name="Post 3 payments, 100.00 GHS")).to_be_focused()
    assert_no_axe_violations(page)
    page.keyboard.press("Enter")

    expect(article).to_contain_text("Who paid")
    expect(article).to_contain_text("By the account number the payer typed")
    expect(article).to_contain_text("1 payment in suspense, 30.00")
    picture(page, "intake-posted")
    assert_no_axe_violations(page)
    assert Payment.objects.filter(customer__name="Akosua Mensah").count() == 2
    with page.expect_download() as download:
        page.get_by_role("link", name="download CSV").click()
    assert "fifty" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Rows").click()
    expect(page.get_by_role("row").filter(has_text="R1")).to_contain_text("PAY-")
    expect(page.get_by_role("row").filter(has_text="R4")).to_contain_text("no money moved")
    assert_no_axe_violations(page)

    # The bank's statement names its account, so nothing is asked; its rows are evidence.
    page.get_by_role("link", name="All files").click()
    page.get_by_role("link", name="bank.xml").click()
    expect(article).to_contain_text("Opening balance plus all rows equals the closing balance.")
    page.locator("body").press("p")
    dialog.get_by_role("button", name="Keep 1 row, no payment").click()
    expect(article).to_contain_text("No row of this file made a payment")
    assert Payment.objects.count() == 3

    # The next file with these columns is known; the same content again is not taken twice.
    page.get_by_role("link", name="All files").click()
    upload(
        page, ("again.csv", CSV), ("momo 2026-03-15.csv", CSV.replace("R1", "R7").replace("50.00", "5.00"))
    )
    expect(page.locator("[data-uploads] li")).to_have_count(1)
    expect(page.locator("[data-uploads]")).to_contain_text("Already here: momo 2026-03.csv since")
    expect(page.get_by_role("row").filter(has_text="momo 2026-03-15.csv")).to_contain_text("Ready to post")
    page.get_by_role("link", name="momo 2026-03-15.csv", exact=True).click()
    expect(page.get_by_role("link", name="Post 1 payment, 5.00 GHS")).to_be_visible()
    expect(article).to_contain_text("Rows that are in both are kept once.")
    assert_no_axe_violations(page)


def test_a_file_that_is_not_taken_keeps_its_row_and_its_sentence_while_the_others_go_on(
    desk: str, company: None, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    page.goto(f"{desk}/intake/")
    upload(page, ("nothing.csv", ""), ("bank.xml", CAMT), ("letter.pdf", "%PDF-1.7 a letter"))
    expect(page.locator("[data-uploads] li")).to_have_count(1)
    expect(page.locator("[data-uploads]")).to_contain_text("The file is empty")
    expect(page.get_by_role("row").filter(has_text="bank.xml")).to_contain_text("Ready to post")
    expect(page.get_by_role("row").filter(has_text="letter.pdf")).to_contain_text("Refused")
    page.get_by_role("link", name="letter.pdf").click()
    expect(page.get_by_role("article")).to_contain_text("Nothing of it was posted")
    assert_no_axe_violations(page)


def test_an_account_is_added_while_its_first_file_waits(
    desk: str, analyst: Person, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, analyst)
    with a_worker():
        page.goto(f"{desk}/intake/")
        upload(page, ("bank.xml", CAMT))
        page.get_by_role("link", name="bank.xml").click()
        expect(page.get_by_role("article")).to_contain_text(
            "XX00INVENTED0000000001, which is none of ours yet"
        )
        page.get_by_role("link", name="Add an account").click()
        dialog = page.locator("#dialog")
        dialog.get_by_label("Provider", exact=True).fill("Invented Bank")
        dialog.get_by_label("What kind of provider").select_option("bank")
        dialog.get_by_label("What we call the account").fill("Main account")
        dialog.get_by_label("Its number at the provider").fill("XX00INVENTED0000000001")
        dialog.get_by_label("What its rows are").select_option("originates")
        assert_no_axe_violations(page)
        dialog.get_by_role("button", name="Add the account").click()
        expect(dialog).to_be_hidden()
        choice = page.get_by_label("The account this file is from")
        expect(choice.locator("option:checked")).to_have_text("Invented Bank: Main account · GH GHS")
        page.get_by_role("button", name="Read the file").click()
        expect(page.get_by_role("link", name="Post 1 payment, 70.00 GHS")).to_be_visible()
        page.get_by_role("link", name="Put aside").click()
        dialog.get_by_label("Why").fill("Only tried out.")
        dialog.get_by_role("button", name="Put aside").click()
        expect(page.get_by_role("article")).to_contain_text("Put aside: Only tried out.")
    assert SourceFile.objects.get().state == "discarded"


@every_look
def test_every_page_of_a_file_fits_and_passes_axe(
    desk: str,
    company: None,
    analyst: Person,
    open_page: OpenPage,
    sign_in: SignIn,
    picture: Picture,
    width: int,
    theme: str,
) -> None:
    page = open_page(width, theme)
    sign_in(page, analyst)
    page.goto(f"{desk}/intake/")
    upload(page, ("bank.xml", CAMT), ("momo.csv", CSV))
    expect(page.get_by_role("row").filter(has_text="bank.xml")).to_contain_text("Ready to post")
    expect(page.get_by_role("row").filter(has_text="momo.csv")).to_contain_text("Mapping needed")
    addresses = page.eval_on_selector_all("a[data-row]", "links => links.map(link => link.href)")
    bank = next(
        a for a in addresses if page.locator(f"a[href='{a.removeprefix(desk)}']").inner_text() == "bank.xml"
    )
    for number, address in enumerate([f"{desk}/intake/", *addresses, f"{bank}lines/", f"{bank}rejected/"]):
        page.goto(address)
        picture(page, f"intake-{number}-{theme}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert_no_axe_violations(page)


def test_somebody_without_the_right_sees_why(
    desk: str, company: None, open_page: OpenPage, sign_in: SignIn
) -> None:
    page = open_page()
    sign_in(page, make_person("Ada Auditor", "AU"))
    page.goto(f"{desk}/intake/")
    expect(page.locator(".dropzone")).to_contain_text("Payments analyst or Team lead can")
    assert not page.locator("input[type=file]").count()
    assert_no_axe_violations(page)
