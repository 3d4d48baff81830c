"""What the demo's providers may keep back, as mess.fee_of takes it: invented, like their prices."""

from paydesk.domain.pricing.rules import Terms

RATE_CARDS = {
    "ng_paystack": (
        Terms("", 0, 15_000, 0),
        Terms("", 2_500_00, 15_000, 100_00, most_minor=2_000_00),
    ),
    "ng_ussd": (Terms("", 0, 0, 50_00),),
}
