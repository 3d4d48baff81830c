"""Where the page of a thing is, from its kind and id; empty while there is no screen for it."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from paydesk.kernel.public_codes import code_of, number_of

# Kind of thing: (prefix of its public code, name of the address that takes the code).
PAGES = {
    "payment": ("PAY", "payments:page"),
    "customer": ("CUS", "customers:page"),
    "contract": ("CON", "contracts:page"),
    "file": ("FIL", "intake:file"),
    "approval": ("APR", "approvals:page"),
    "refund": ("REF", "refunds:page"),
    "reversal_request": ("RVR", "reversal_requests:page"),
    "dispute": ("DSP", "disputes:page"),
    "hand_receipt": ("HRC", "hand_receipts:page"),
    "side": ("SID", "sides:page"),
    "seller": ("SEL", "marketplace:seller"),
    "order": ("SOR", "marketplace:order"),
    "link_attempt": ("LNK", "marketplace:link_attempt"),
    "withdrawal": ("WDL", "marketplace:withdrawal"),
    "goodwill": ("GWL", "goodwill:page"),
    "payout_file": ("POF", "refunds:file"),
    "pending": ("PND", "pending:page"),
    "message": ("MSG", "callbacks:page"),
    "reversal_row": ("TKB", "provider_cash:page"),
    "transit_row": ("TRA", "provider_cash:page"),
    "clock": ("CLK", "clocks:page"),
    "two_file_run": ("TFR", "two_files:page"),
    "exception": ("EXC", "exceptions:page"),
    "case": ("CAS", "cases:page"),
    "escalation": ("ESC", "risk:page"),
    "enforcement": ("ENF", "risk:page"),
    "incident": ("INC", "incidents:page"),
    "improvement": ("IMP", "improvements:page"),
    "review": ("QAR", "reviews:page"),
    "article": ("ART", "knowledge:page"),
}


def page_of(kind: str, number: int) -> str:
    """The address of the page of `kind` number `number`, "" where no screen shows it."""
    prefix, name = PAGES.get(kind, ("", ""))
    try:
        return reverse(name, args=[code_of(prefix, number)]) if name else ""
    except NoReverseMatch:
        return ""


def code_in(kind: str, number: int) -> str:
    """The public code of `kind` number `number`."""
    return code_of(PAGES[kind][0], number)


def number_in(kind: str, code: str) -> int | None:
    """The id behind a public code of `kind`, None when it is none."""
    return number_of(PAGES[kind][0], code)


def kind_and_number(code: str) -> tuple[str, int] | None:
    """What a public code of any kind stands for: ("payment", 12)."""
    for kind in PAGES:
        if (number := number_in(kind, code)) is not None:
            return kind, number
    return None


class PaymentCode:
    """PAY-00012K7 in an address; views are handed the id."""

    regex = "[Pp][Aa][Yy]-[0-9A-Za-z]{2,14}"

    def to_python(self, value: str) -> int:
        number = number_of("PAY", value)
        if number is None or number >= 2**63:
            raise ValueError(value)
        return number

    def to_url(self, value: int | str) -> str:
        return value if isinstance(value, str) else code_of("PAY", value)
