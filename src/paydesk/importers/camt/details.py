"""What one TxDtls of an entry says: amount, references, parties, texts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from paydesk.importers.xml_rows import amount_of, instant, numbered

NO_REFERENCE = {"NOTPROVIDED", "NOTAVAIL", "NOT PROVIDED", "NONREF", "NONE"}
NETWORK_REFERENCES = ("Refs/TxId", "Refs/UETR", "Refs/ClrSysRef", "Refs/InstrId", "Refs/ChqNb", "Refs/MndtId")
_NO_CODE = ("", "", "")
_NAMES = {
    role: tuple(
        f"RltdPties/{party}/{place}"
        for party in (role, f"Ultmt{role}")
        for place in ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")
    )
    for role in ("Dbtr", "Cdtr")
}
_ACCOUNTS = {
    role: (f"RltdPties/{role}Acct/Id/IBAN", f"RltdPties/{role}Acct/Id/Othr/Id") for role in ("Dbtr", "Cdtr")
}


@dataclass(slots=True)
class Details:
    """What one TxDtls says. `raw` is its elements by path, empty where there were too many to keep."""

    amount_text: str
    currency: str
    direction: str
    end_to_end: str
    servicer: str
    network: str
    structured: str
    text: str
    debtor: tuple[str, str]
    creditor: tuple[str, str]
    code: tuple[str, str, str]
    returned: bool
    at: datetime | None
    raw: dict[str, str]

    @property
    def amount(self) -> Decimal | None:
        """The exact amount, None when there is none or it is none."""
        return amount_of(self.amount_text)


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts a transaction has, by the paths of its texts; transactions that look alike share it."""

    amount: str
    structured: bool
    more_texts: bool
    more: bool
    returned: bool
    coded: bool
    networks: tuple[str, ...]
    debtor: tuple[str, str]
    creditor: tuple[str, str]
    at: str


def parts_of(paths: Collection[str]) -> Parts:
    """The parts of a transaction by the paths of its texts, none of which is empty."""
    structured = more_texts = returned = coded = False
    for each in paths:
        structured = structured or each.startswith("RmtInf/Strd")
        more_texts = more_texts or each.startswith("RmtInf/Ustrd[")
        returned = returned or each.startswith("RtrInf")
        coded = coded or each.startswith("BkTxCd/")
    return Parts(
        amount="Amt" if "Amt" in paths else "AmtDtls/TxAmt/Amt",
        structured=structured,
        more_texts=more_texts,
        more="AddtlTxInf" in paths,
        returned=returned,
        coded=coded,
        networks=tuple(each for each in NETWORK_REFERENCES if each in paths),
        debtor=_party_paths(paths, "Dbtr"),
        creditor=_party_paths(paths, "Cdtr"),
        at=next((each for each in ("RltdDts/TxDtTm", "RltdDts/AccptncDtTm") if each in paths), ""),
    )


def _party_paths(paths: Collection[str], role: str) -> tuple[str, str]:
    """Where the name and the account of the debtor or creditor stand, "" for nowhere."""
    name = next((each for each in _NAMES[role] if each in paths), "")
    return name, next((each for each in _ACCOUNTS[role] if each in paths), "")


def details_of(raw: dict[str, str], parts: Parts | None = None, *, keep: bool = True) -> Details:
    """What the TxDtls with these texts by path says; it keeps them only while `keep`."""
    if parts is None:
        parts = parts_of(raw)
    structured = ""
    text = raw.get("RmtInf/Ustrd", "")
    if parts.more_texts:
        text = " ".join(numbered(raw, "RmtInf/Ustrd"))
    if parts.structured:
        structured = " ".join(
            [
                *numbered(raw, "RmtInf/Strd", "/CdtrRefInf/Ref"),
                *numbered(raw, "RmtInf/Strd", "/CdtrRefInf/CdtrRef"),
            ]
        )
        text = f"{text} {structured}"
    if parts.more:
        text = f"{text} {raw['AddtlTxInf']}"
    network = ""
    for each in parts.networks:
        if network := reference_text(raw[each]):
            break
    return Details(
        raw.get(parts.amount, ""),
        raw.get(parts.amount + "@Ccy", ""),
        raw.get("CdtDbtInd", ""),
        reference_text(raw.get("Refs/EndToEndId", "")),
        raw.get("Refs/AcctSvcrRef", ""),
        network,
        structured,
        " ".join(text.split()),
        (raw.get(parts.debtor[0], ""), raw.get(parts.debtor[1], "")),
        (raw.get(parts.creditor[0], ""), raw.get(parts.creditor[1], "")),
        code_of(raw) if parts.coded else _NO_CODE,
        parts.returned,
        instant(raw[parts.at]) if parts.at else None,
        raw if keep else {},
    )


def code_of(raw: dict[str, str]) -> tuple[str, str, str]:
    """(domain, family, sub-family) of the bank transaction code."""
    return (
        raw.get("BkTxCd/Domn/Cd", ""),
        raw.get("BkTxCd/Domn/Fmly/Cd", ""),
        raw.get("BkTxCd/Domn/Fmly/SubFmlyCd", ""),
    )


def reference_text(text: str) -> str:
    """`text`, "" where it only says that there is no reference."""
    return "" if text and text.upper() in NO_REFERENCE else text
