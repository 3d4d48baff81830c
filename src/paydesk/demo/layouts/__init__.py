"""The files of the demo company's providers and banks, one module per layout, and the list of them."""

from __future__ import annotations

from paydesk.demo.layouts.airtel import AIRTEL
from paydesk.demo.layouts.bank_csv import BANK_CSV
from paydesk.demo.layouts.camt import CAMT
from paydesk.demo.layouts.hubtel import HUBTEL
from paydesk.demo.layouts.layout import FileWriter, Layout
from paydesk.demo.layouts.momo import MOMO
from paydesk.demo.layouts.mpesa import MPESA, MPESA_XLSX
from paydesk.demo.layouts.paystack import PAYSTACK
from paydesk.demo.layouts.telecel import TELECEL
from paydesk.demo.layouts.ussd import USSD

__all__ = ["LAYOUTS", "MPESA_XLSX", "FileWriter", "Layout"]

LAYOUTS: dict[str, Layout] = {
    "hubtel": HUBTEL, "momo": MOMO, "telecel": TELECEL, "mpesa": MPESA, "airtel": AIRTEL,
    "paystack": PAYSTACK, "ussd": USSD, "camt": CAMT, "bank_csv": BANK_CSV,
}  # fmt: skip
