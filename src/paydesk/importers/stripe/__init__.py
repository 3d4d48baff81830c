"""Stripe: reports of balance transactions (payout reconciliation, activity) and event notifications."""

from __future__ import annotations

from paydesk.importers.stripe.events import StripeEvent
from paydesk.importers.stripe.reports import StripeReport

__all__ = ["StripeEvent", "StripeReport"]
