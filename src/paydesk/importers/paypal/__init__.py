"""PayPal: SFTP reports (STL, TRR, SAR), activity downloads, IPN messages and saved transaction details."""

from __future__ import annotations

from paydesk.importers.paypal.details import PayPalDetails
from paydesk.importers.paypal.downloads import PayPalDownload
from paydesk.importers.paypal.ipn import PayPalIpn, document_of
from paydesk.importers.paypal.reports import PayPalSettlement, PayPalSubscriptions, PayPalTransactions

__all__ = [
    "PayPalDetails",
    "PayPalDownload",
    "PayPalIpn",
    "PayPalSettlement",
    "PayPalSubscriptions",
    "PayPalTransactions",
    "document_of",
]
