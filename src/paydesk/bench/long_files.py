"""Long files of invented rows, written as fast as they can be, for the benchmark of reading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def _written(path: Path, pieces: Iterator[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
    return path


def csv_file(path: Path, rows: int) -> Path:
    """An M-Pesa portal export of 13 columns: every receipt, time and balance is another."""

    def pieces() -> Iterator[str]:
        yield (
            "Receipt No.,Completion Time,Initiation Time,Details,Transaction Status,Paid In,Withdrawn,"
            "Balance,Balance Confirmed,Reason Type,Other Party Info,Linked Transaction ID,A/C No.\n"
        )
        balance = 0
        for number in range(rows):
            amount = number * 37 % 5000 + 10
            balance += amount
            second = number % 86_400
            day = 1 + number // 86_400 % 28
            at = f"{day:02d}-03-2026 {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
            payer = f"2547{number * 7919 % 100_000_000:08d} - INVENTED PAYER"
            account = f"C{number % 9999:05d}"
            yield (
                f"T{number:09d}X,{at},{at},Pay Bill from {payer} Acc. {account},Completed,{amount}.00,,"
                f"{balance}.00,TRUE,Pay Bill,{payer},,{account}\n"
            )

    return _written(path, pieces())


def mt940_file(path: Path, rows: int) -> Path:
    """Statements of a hundred rows each, each with its details."""

    def pieces() -> Iterator[str]:
        balance = 0
        for number in range(rows):
            if number % 100 == 0:
                if number:
                    yield f":62F:C260131EUR{balance},00\n-\n"
                yield f":20:BENCH{number}\n:25:INVENTED/0001\n:28C:{number // 100 + 1}/1\n"
                yield f":60F:C260101EUR{balance},00\n"
            amount = number * 37 % 5000 + 10
            balance += amount
            yield (
                f":61:2601020102C{amount},00NTRFREF{number:09d}//B{number:09d}\n"
                f":86:Invoice {number} of an invented payer\n"
            )
        yield f":62F:C260131EUR{balance},00\n-\n"

    return _written(path, pieces())


def ofx_file(path: Path, rows: int) -> Path:
    """One bank statement in SGML, a transaction a line."""

    def pieces() -> Iterator[str]:
        yield (
            "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
            "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0"
            "<SEVERITY>INFO</STATUS><DTSERVER>20260201<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1><BANKMSGSRSV1>"
            "<STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1"
            "<ACCTID>INVENTED<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<DTEND>20260131\n"
        )
        for number in range(rows):
            yield (
                f"<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>202601{number % 28 + 1:02d}"
                f"<TRNAMT>{number * 37 % 5000 + 10}.00<FITID>T{number:09d}"
                f"<NAME>INVENTED PAYER {number % 997}<MEMO>Invoice {number}</STMTTRN>\n"
            )
        yield (
            "</BANKTRANLIST><LEDGERBAL><BALAMT>0.00<DTASOF>20260131</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1>"
            "</OFX>\n"
        )

    return _written(path, pieces())


def camt_file(path: Path, rows: int) -> Path:
    """One camt.053 statement with one transaction in every entry."""

    def pieces() -> Iterator[str]:
        yield (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">'
            "<BkToCstmrStmt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-01-31T10:00:00</CreDtTm></GrpHdr><Stmt><Id>S</Id>"
            "<CreDtTm>2026-01-31T10:00:00</CreDtTm><Acct><Id><Othr><Id>INVENTED</Id></Othr></Id><Ccy>EUR</Ccy></Acct>"
            "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>"
            '<Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>\n'
        )
        for number in range(rows):
            amount = f"{number * 37 % 5000 + 10}.00"
            day = f"<Dt>2026-01-{number % 28 + 1:02d}</Dt>"
            yield (
                f'<Ntry><NtryRef>{number}</NtryRef><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
                f"<Sts><Cd>BOOK</Cd></Sts><BookgDt>{day}</BookgDt><ValDt>{day}</ValDt>"
                f"<AcctSvcrRef>B{number:09d}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
                f"<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls>"
                f"<Refs><EndToEndId>E{number:09d}</EndToEndId></Refs>"
                f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
                f"<RltdPties><Dbtr><Pty><Nm>Invented Payer {number % 997}</Nm></Pty></Dbtr></RltdPties>"
                f"<RmtInf><Ustrd>Invoice {number}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
            )
        yield "</Stmt></BkToCstmrStmt></Document>\n"

    return _written(path, pieces())
