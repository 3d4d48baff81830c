"""Checkout.com: the settlement breakdown (a row per movement) and the payouts report (a row per payout).

A breakdown holds no payout row; what was paid stands in the payouts report under the same payout id, which
is the batch key of both. Read together in one archive, the gap that rounding leaves becomes a rounding row.
"""

from __future__ import annotations

from paydesk.importers.checkout.breakdown import CheckoutBreakdown
from paydesk.importers.checkout.payouts import CheckoutPayouts

__all__ = ["CheckoutBreakdown", "CheckoutPayouts"]
