"""PayPal: SFTP reports (STL, TRR, SAR), activity downloads, IPN, webhooks and saved transaction details."""

from __future__ import annotations

from paydesk.importers.paypal.details import PayPalDetails
from paydesk.importers.paypal.downloads import PayPalDownload
from paydesk.importers.paypal.ipn import PayPalIpn, document_of
from paydesk.importers.paypal.reports import PayPalSettlement, PayPalSubscriptions, PayPalTransactions
from paydesk.importers.paypal.webhooks import PayPalWebhook

__all__ = [
    "PayPalDetails",
    "PayPalDownload",
    "PayPalIpn",
    "PayPalSettlement",
    "PayPalSubscriptions",
    "PayPalTransactions",
    "PayPalWebhook",
    "document_of",
]
