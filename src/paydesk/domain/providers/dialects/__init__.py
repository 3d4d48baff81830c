"""Every dialect of callbacks the desk has doors for. A new one is one row or module, and one line here."""

from __future__ import annotations

from paydesk.domain.providers.dialects import adyen, marketplace, mobile_money, processors, trustly
from paydesk.domain.providers.dialects.dialect import (
    CALLBACKS,
    MARKET_MESSAGES,
    Answer,
    Call,
    Channel,
    Dialect,
    Keys,
    Proof,
)

DIALECTS: dict[str, Dialect] = {
    each.code: each
    for each in (
        mobile_money.HUBTEL,
        mobile_money.MPESA,
        mobile_money.MTN,
        mobile_money.AIRTEL,
        mobile_money.WAVE,
        mobile_money.ORANGE,
        mobile_money.NSANO,
        processors.PAYSTACK,
        processors.FLUTTERWAVE,
        processors.STRIPE,
        adyen.DIALECT,
        processors.PAYPAL,
        processors.BRAINTREE,
        processors.CHECKOUT,
        processors.DLOCAL,
        trustly.DIALECT,
        processors.INGENICO,
        processors.GR4VY,
        processors.CHARIOT,
        processors.VENMO,
        marketplace.MARKETPLACE,
    )
}

__all__ = [
    "CALLBACKS",
    "DIALECTS",
    "MARKET_MESSAGES",
    "Answer",
    "Call",
    "Channel",
    "Dialect",
    "Keys",
    "Proof",
]
