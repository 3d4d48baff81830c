"""The list of importers, the strictest first. A new format is a new folder and one line here."""

from __future__ import annotations

from collections.abc import Iterator

from paydesk.importers.adyen import AdyenAccounting, AdyenNotification, AdyenSettlement
from paydesk.importers.airtel_callback import AirtelCallback
from paydesk.importers.bai2 import Bai2
from paydesk.importers.braintree import BraintreeSettlement, BraintreeWebhook
from paydesk.importers.camt import Camt052, Camt053, Camt054
from paydesk.importers.chariot import ChariotDeposit
from paydesk.importers.checkout import CheckoutBreakdown, CheckoutPayouts
from paydesk.importers.delimited.any_table import AnyTable
from paydesk.importers.dlocal import DlocalSettlement, DlocalTransactions
from paydesk.importers.flutterwave_webhook import FlutterwaveWebhook
from paydesk.importers.gr4vy import Gr4vyTransactions
from paydesk.importers.hubtel_callback import HubtelCallback
from paydesk.importers.hubtel_order import HubtelOrder
from paydesk.importers.hubtel_status import HubtelStatus
from paydesk.importers.ingenico_wx import IngenicoWx
from paydesk.importers.json_messages import JsonImporter
from paydesk.importers.limits import LIMITS, Limits
from paydesk.importers.mpesa_c2b import MpesaC2b
from paydesk.importers.mpesa_pull import MpesaPull
from paydesk.importers.mpesa_result import MpesaResult
from paydesk.importers.mpesa_stk import MpesaStk
from paydesk.importers.mt940 import Mt940, Mt942
from paydesk.importers.mtn_callback import MtnCallback
from paydesk.importers.mtn_statement import MtnStatement
from paydesk.importers.nacha import Nacha
from paydesk.importers.ofx import Ofx
from paydesk.importers.other_formats import AS_XLSX, is_of_another_sort, what_is
from paydesk.importers.pain import Pain001, Pain002, Pain008
from paydesk.importers.paypal import (
    PayPalDetails,
    PayPalDownload,
    PayPalIpn,
    PayPalSettlement,
    PayPalSubscriptions,
    PayPalTransactions,
    PayPalWebhook,
)
from paydesk.importers.paystack_lists import PaystackSettlements, PaystackTransactions
from paydesk.importers.paystack_webhook import PaystackWebhook
from paydesk.importers.prepared import PreparingImporter
from paydesk.importers.profiles import builtin, named
from paydesk.importers.qif import Qif
from paydesk.importers.records import NotPayments, NotReadable
from paydesk.importers.settlement_tables import TableReport
from paydesk.importers.stripe import StripeEvent, StripeReport
from paydesk.importers.trustly import Trustly
from paydesk.importers.venmo import VenmoBalances, VenmoTransactions

MESSAGES: tuple[type[JsonImporter], ...] = (
    MpesaStk, MpesaC2b, MpesaPull, MpesaResult, HubtelCallback, HubtelStatus, HubtelOrder, MtnCallback,
    AirtelCallback, PaystackWebhook, FlutterwaveWebhook, AdyenNotification, PaystackTransactions,
    PaystackSettlements, PayPalIpn, PayPalDetails, BraintreeSettlement, BraintreeWebhook, StripeEvent,
    PayPalWebhook,
)  # fmt: skip
REPORTS: tuple[type[TableReport], ...] = (
    StripeReport,
    AdyenSettlement,
    AdyenAccounting,
    PayPalDownload,
    MtnStatement,
    CheckoutBreakdown,
    CheckoutPayouts,
    ChariotDeposit,
    Gr4vyTransactions,
    DlocalSettlement,
    DlocalTransactions,
    VenmoTransactions,
    VenmoBalances,
)
IMPORTERS: tuple[type[PreparingImporter], ...] = (
    Camt052,
    Camt053,
    Camt054,
    Pain001,
    Pain002,
    Pain008,
    Mt940,
    Mt942,
    Nacha,
    Bai2,
    IngenicoWx,
    Ofx,
    Qif,
    Trustly,
    PayPalSettlement,
    PayPalTransactions,
    PayPalSubscriptions,
    *MESSAGES,
    *REPORTS,
    AnyTable,
)

TABLE_NAMES = ("csv", "xlsx", "table")


def _importers(limits: Limits) -> Iterator[PreparingImporter]:
    for each in IMPORTERS:
        if each is AnyTable:
            yield AnyTable(reports=[report(limits=limits) for report in REPORTS], limits=limits)
        else:
            yield each(limits=limits)


def importer_for(head: bytes, name: str = "", limits: Limits = LIMITS) -> PreparingImporter:
    """The first importer that recognises the first bytes of a file.

    Raises NotReadable with what the file is, when it is something paydesk does not read.
    `name` is only said in that sentence; content decides.
    """
    for importer in _importers(limits):
        if importer.recognises(head):
            return importer
    kind = NotPayments if is_of_another_sort(head) else NotReadable
    what, _, instead = (what_is(head) or "").partition("; ")
    if what == "a web page" and name.lower().endswith((".xls", ".xlsx")):
        kind, what, instead = NotReadable, "a web page under the name of a spreadsheet", AS_XLSX
    raise kind(
        f"{name or 'The file'} is {what}, which paydesk does not read{'; ' if instead else ''}{instead}."
    )


def importer_named(format_name: str, limits: Limits = LIMITS) -> PreparingImporter:
    """The importer of a format or of a built-in profile by its name.

    Raises KeyError with the names there are; that is wrong use, not a bad file.
    """
    for importer in _importers(limits):
        if format_name == importer.name or format_name.startswith(importer.name + "."):
            return importer
    if format_name in TABLE_NAMES:
        return AnyTable(limits=limits)
    if profile := named(format_name):
        return AnyTable(profile=profile, limits=limits)
    raise KeyError(f"There is no format {format_name!r}; there are {', '.join(format_names())}.")


def format_names() -> list[str]:
    """Every name importer_named takes."""
    return [each.name for each in IMPORTERS if each.name not in TABLE_NAMES] + [
        *TABLE_NAMES[:2],
        *(profile.name for profile in builtin()),
    ]
