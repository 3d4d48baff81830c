"""Adyen: settlement details, payments accounting (CSV and XLSX), and its standard notifications."""

from __future__ import annotations

from paydesk.importers.adyen.accounting import AdyenAccounting
from paydesk.importers.adyen.notifications import AdyenNotification
from paydesk.importers.adyen.settlement import AdyenSettlement

__all__ = ["AdyenAccounting", "AdyenNotification", "AdyenSettlement"]
