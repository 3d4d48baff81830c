"""pain.002: what a bank says about a message, a payment group or a transaction; it moves no money."""

from __future__ import annotations

from decimal import Decimal

from paydesk.importers.camt.details import reference_text
from paydesk.importers.records import StatementLine, Status
from paydesk.importers.xml_rows import moment, numbered, one_line
from paydesk.kernel.card_numbers import masked, masked_row

# ISO 20022 external payment status codes that are final; every other one is a step on the way.
FINAL: dict[str, Status] = {
    "RJCT": "failed", "CANC": "failed", "ACSC": "success", "ACCC": "success", "ACWP": "success",
}  # fmt: skip
WHAT = {"GrpSts": "Message", "PmtInfSts": "Payment group", "TxSts": "Transaction"}
LONGEST_TEXT = 2000


def status_line(part: str, own: dict[str, str], batch: str, number: int) -> StatementLine | None:
    """The notice of one status; `part` names its element. None where the part says no status and no reason.

    `batch` is the payment group it is about.
    """
    status = own.get(part, "")
    reasons = [*numbered(own, "StsRsnInf", "/Rsn/Cd"), *numbered(own, "StsRsnInf", "/Rsn/Prtry")]
    more = [text for path, text in own.items() if path.startswith("StsRsnInf") and "/AddtlInf" in path]
    if not status and not reasons and part != "TxSts":
        return None
    about = {
        "GrpSts": own.get("OrgnlMsgId", ""),
        "PmtInfSts": own.get("OrgnlPmtInfId", ""),
        "TxSts": reference_text(own.get("OrgnlEndToEndId", "")),
    }[part]
    said = ", ".join([*reasons, *more])
    amount = "OrgnlTxRef/Amt/InstdAmt"
    figure = f" of {own[amount]} {own.get(amount + '@Ccy', '')}".rstrip() if amount in own else ""
    what = " ".join(filter(None, [WHAT[part], about]))
    text = f"{what}{figure}: {status or 'no status'}{f' ({said})' if said else ''}"
    try:
        on, at = moment(own, "AccptncDtTm")
    except ValueError:
        on = at = None
    return StatementLine(
        line=number,
        kind="notice",
        status=FINAL.get(status, "pending"),
        amount=Decimal(0),
        currency=own.get(amount + "@Ccy", "").strip() or "XXX",
        reference=masked(about),
        provider_ref=own.get("StsId") or own.get("AcctSvcrRef", ""),
        network_ref=own.get("OrgnlUETR", ""),
        batch_key=batch,
        account=own.get("OrgnlTxRef/DbtrAcct/Id/IBAN") or own.get("OrgnlTxRef/DbtrAcct/Id/Othr/Id", ""),
        payer_name=own.get("OrgnlTxRef/Dbtr/Nm") or own.get("OrgnlTxRef/Dbtr/Pty/Nm", ""),
        text=masked(one_line(text))[:LONGEST_TEXT],
        channel=status,
        occurred_at=at,
        booked_on=on,
        raw=masked_row(own),
    )
