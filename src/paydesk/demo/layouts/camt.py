"""camt.053.001.08 of the invented banks: one statement per file, with balances."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO
from xml.sax.saxutils import escape

from paydesk.demo.layouts.layout import FileWriter, Layout
from paydesk.demo.markets import DemoAccount, DemoMarket
from paydesk.demo.rows import Row, major

# Bank transaction codes (ISO 20022 external code list): domain, family, sub-family.
CODES = {
    "payment": ("PMNT", "RCDT", "DMCT"),
    "fee": ("ACMT", "MDOP", "CHRG"),
    "payout": ("PMNT", "ICDT", "DMCT"),
}


class CamtFile:
    """Holds its rows until it is closed: the closing balance stands before them."""

    def __init__(
        self, stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int
    ) -> None:
        self._stream = stream
        self._market = market
        self._account = account
        self._made = made
        self._opening = opening
        self._rows: list[Row] = []

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows.append(row)
            row.line = len(self._rows)

    def close(self) -> None:
        rows = self._rows
        currency, made = self._market.currency, self._made.isoformat()
        first = rows[0].at.date().isoformat() if rows else made
        closing = self._opening + sum(row.amount for row in rows)
        number = f"{self._account.identifier[-4:]}-{made.replace('-', '')}"
        self._write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>\n'
            f"<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{made}T22:00:00</CreDtTm></GrpHdr>\n"
            f"<Stmt><Id>{number}</Id><CreDtTm>{made}T22:00:00</CreDtTm>"
            f"<FrToDt><FrDtTm>{first}T00:00:00</FrDtTm><ToDtTm>{made}T23:59:59</ToDtTm></FrToDt>\n"
            f"<Acct><Id><Othr><Id>{self._account.identifier}</Id></Othr></Id><Ccy>{currency}</Ccy>"
            "<Nm>BAOBAB PHONES (INVENTED)</Nm></Acct>\n"
        )
        for code, amount, day in (("OPBD", self._opening, first), ("CLBD", closing, made)):
            self._write(
                f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(amount, currency)}"
                f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
            )
        for row in rows:
            self._write(_entry(row, currency))
        self._write("</Stmt></BkToCstmrStmt></Document>\n")

    def _write(self, text: str) -> None:
        self._stream.write(text.encode())


def _amount(minor: int, currency: str) -> str:
    mark = "CRDT" if minor >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{major(abs(minor))}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _entry(row: Row, currency: str) -> str:
    day = row.at.date().isoformat()
    domain, family, sub_family = CODES[row.kind]
    party = "Dbtr" if row.amount > 0 else "Cdtr"
    name = (
        f"<RltdPties><{party}><Pty><Nm>{escape(row.payer)}</Nm></Pty></{party}></RltdPties>"
        if row.payer
        else ""
    )
    end_to_end = escape(row.reference) or "NOTPROVIDED"
    return (
        f"<Ntry>{_amount(row.amount, currency)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{row.provider_ref}</AcctSvcrRef>"
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>{name}"
        f"<RmtInf><Ustrd>{escape(row.text)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n"
    )


def _open(stream: BinaryIO, market: DemoMarket, account: DemoAccount, made: date, opening: int) -> FileWriter:
    return CamtFile(stream, market, account, made, opening)


CAMT = Layout(_open, "camt053_{account}_{last:%Y%m%d}.xml")
