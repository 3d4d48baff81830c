"""camt.052, 053 and 054: whole outputs of our samples, and what must be refused."""

from __future__ import annotations

import io
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paydesk.importers.camt import Camt053
from paydesk.importers.limits import Limits
from paydesk.importers.reading import open_file
from paydesk.importers.records import FileWarning, NotReadable, Record, RejectedLine, Statement, StatementLine
from paydesk.importers.tests.memory import growth_while_reading
from paydesk.importers.tests.whole_output import assert_as_expected

HERE = Path(__file__).parents[1]
SAMPLES = sorted((HERE / "samples").iterdir())

HEAD = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
    "<GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Id>1</Id><CreDtTm>2024-01-01T00:00:00</CreDtTm>"
    "<Acct><Id><IBAN>XX1</IBAN></Id><Ccy>EUR</Ccy></Acct>"
)
FOOT = "</Stmt></BkToCstmrStmt></Document>"


def balance(code: str, amount: str, sign: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{amount}</Amt>"
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2024-01-01</Dt></Dt></Bal>"
    )


def entry(amount: str = "1.00", sign: str = "CRDT", *, rest: str = "") -> str:
    head = f"<Ntry><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>"
    return f"{head}<Sts><Cd>BOOK</Cd></Sts>{rest}</Ntry>"


def read(text: str | bytes) -> list[Record]:
    content = text.encode() if isinstance(text, str) else text
    return list(open_file(io.BytesIO(content), filename="a.xml"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_reads_as_expected(sample: Path) -> None:
    assert_as_expected(open_file(sample, filename=sample.name), HERE / "expected" / f"{sample.stem}.json")


def test_opening_is_opbd_and_only_without_it_prcd() -> None:
    both = balance("PRCD", "5") + balance("OPBD", "7", "DBIT") + balance("CLBD", "9")
    for balances, opening in ((both, Decimal(-7)), (balance("PRCD", "5"), Decimal(5))):
        (head,) = [each for each in read(HEAD + balances + FOOT) if isinstance(each, Statement)]
        assert head.opening == opening


def test_a_statement_that_ties_has_no_warning_and_one_that_does_not_names_the_figures() -> None:
    balances = balance("OPBD", "10.00") + balance("CLBD", "11.00")
    assert not [each for each in read(HEAD + balances + entry() + FOOT) if isinstance(each, FileWarning)]
    (warning,) = [
        each for each in read(HEAD + balances + entry("2.5") + FOOT) if isinstance(each, FileWarning)
    ]
    assert "10.00" in warning.text
    assert "12.50" in warning.text
    assert "11.00" in warning.text


def test_two_entries_under_one_bank_reference_stay_two() -> None:
    rest = "<AcctSvcrRef>A-1</AcctSvcrRef>"
    records = read(HEAD + entry("1", rest=rest) + entry("2", rest=rest) + FOOT)
    assert [each.provider_ref for each in records if isinstance(each, StatementLine)] == ["A-1", "A-1#2"]
    assert any("A-1#2" in each.text for each in records if isinstance(each, FileWarning))


@pytest.mark.parametrize("word", ["NOTPROVIDED", "notprovided"])
def test_not_provided_is_no_reference(word: str) -> None:
    rest = f"<NtryDtls><TxDtls><Refs><EndToEndId>{word}</EndToEndId></Refs></TxDtls></NtryDtls>"
    (line,) = [each for each in read(HEAD + entry(rest=rest) + FOOT) if isinstance(each, StatementLine)]
    assert line.reference == ""


@pytest.mark.parametrize(
    "wrong",
    [
        entry("-1.00"),
        entry("1,00"),
        entry(sign="BOTH"),
        entry(rest="<BookgDt><Dt>2024-02-31</Dt></BookgDt>"),
        "<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>",
        "<Ntry><Amt Ccy='EUR'>1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>WHAT</Sts></Ntry>",
    ],
)
def test_an_entry_that_cannot_be_read_is_rejected_with_its_number_and_the_next_one_is_read(
    wrong: str,
) -> None:
    records = read(HEAD + entry() + wrong + entry("3.00") + FOOT)
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert (rejected.line, rejected.reason[:7]) == (2, "Entry 2")
    assert [each.amount for each in records if isinstance(each, StatementLine)] == [1, 3]


def test_bad_dates_of_a_balance_are_a_warning() -> None:
    text = balance("OPBD", "1").replace("2024-01-01", "some day")
    assert any(
        "some day" in each.text
        for each in read(HEAD + text + entry() + FOOT)
        if isinstance(each, FileWarning)
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + entry(), "damaged"),
        (HEAD + "<Ntry><Amt></Ntry>" + FOOT, "damaged"),
        (HEAD.replace("<Stmt>", "<Other>") + "</Other></BkToCstmrStmt></Document>", "no statement"),
        ("<Document><BkToCstmrAcctRpt/></Document>", "no statement (Rpt)"),
        ("<Document><BkToCstmrDbtCdtNtfctn/></Document>", "no statement (Ntfctn)"),
        ("<Document><CstmrCdtTrfInitn/></Document>", "pain.001"),
        ("<html><body>Sign in</body></html>", "web page"),
        ("<root/>", "root"),
        ("<", "XML"),
        ('<!DOCTYPE a SYSTEM "file:///etc/hostname">' + HEAD + entry() + FOOT, "DOCTYPE"),
    ],
)
def test_what_is_no_whole_statement_is_refused_in_one_sentence(content: str, said: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read(content)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">{}]>'.format(
    "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)).replace("&a0;", "&a;")
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("padding", [0, 100_000])
def test_entities_are_never_expanded(encoding: str, padding: int) -> None:
    prologue = LAUGHS.replace("<!DOCTYPE", f"<!--{'x' * padding}--><!DOCTYPE")
    text = prologue + HEAD + entry(rest="<AddtlNtryInf>&a11;</AddtlNtryInf>") + FOOT
    tracemalloc.start()
    with pytest.raises(NotReadable):
        list(Camt053().read(io.BytesIO(text.encode(encoding))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_file_on_this_machine_is_never_read_into_a_row(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for the statement")
    text = f'<!DOCTYPE d [<!ENTITY s SYSTEM "{secret.as_uri()}">]>' + HEAD
    text += entry(rest="<AddtlNtryInf>&s;</AddtlNtryInf>") + FOOT
    with pytest.raises(NotReadable):
        read(text)


def test_memory_stays_flat_over_many_entries(tmp_path: Path) -> None:
    details = "<NtryDtls><TxDtls><RmtInf><Ustrd>" + "text " * 20 + "</Ustrd></RmtInf></TxDtls></NtryDtls>"
    big = tmp_path / "big.xml"
    with big.open("w") as file:
        file.write(HEAD)
        for _ in range(8_000):
            file.write(entry(rest=details))
        file.write(FOOT)
    with open_file(big, filename="big.xml") as reading:
        count, growth = growth_while_reading(reading)
    assert count > 8_000
    assert growth < 4_000_000


def test_a_huge_batch_keeps_the_first_details_and_counts_all() -> None:
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>E{n}</EndToEndId></Refs><Amt Ccy='EUR'>1</Amt></TxDtls>"
        for n in range(30)
    )
    content = (HEAD + entry("30", rest=f"<NtryDtls>{details}</NtryDtls>") + FOOT).encode()
    importer = Camt053(limits=Limits(xml_details=10))
    (line,) = [each for each in importer.read(io.BytesIO(content)) if isinstance(each, StatementLine)]
    assert line.text.startswith("Batch of 30 transactions")
    assert len([path for path in line.raw if path.endswith("EndToEndId")]) == 10


@given(st.binary(max_size=300), st.integers(0, 600))
def test_damage_anywhere_is_refused_or_read_but_never_an_error_of_ours(garbage: bytes, place: int) -> None:
    whole = (HEAD + balance("OPBD", "1") + entry() + FOOT).encode()
    damaged = whole[:place] + garbage + whole[place:]
    try:
        records = list(Camt053().read(io.BytesIO(damaged)))
    except NotReadable:
        return
    assert [each for each in records if isinstance(each, Statement)]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("9999-12-31", "not a date of our time (9999)"),
        ("0001-01-01", "not a date of our time (1)"),
        ("2026-02-31", "'2026-02-31' is not a date"),
        ("2026-03-011", "'2026-03-011' is not a date"),
    ],
)
def test_a_day_that_cannot_be_is_rejected(day: str, said: str) -> None:
    records = read(HEAD + entry(rest=f"<BookgDt><Dt>{day}</Dt></BookgDt>") + FOOT)
    (rejected,) = [each for each in records if isinstance(each, RejectedLine)]
    assert said in rejected.reason
