"""Mobile-money operators and aggregators of our markets. Most sign nothing: the address is the secret."""

from __future__ import annotations

from paydesk.domain.providers.dialects.dialect import Call, Channel, Dialect, Keys, Proof, json_answer
from paydesk.domain.providers.dialects.signatures import MISSING, WRONG, same, timed_hmac
from paydesk.importers.airtel_callback import AirtelCallback
from paydesk.importers.hubtel_callback import HubtelCallback
from paydesk.importers.hubtel_order import HubtelOrder
from paydesk.importers.hubtel_status import HubtelStatus
from paydesk.importers.json_messages import NotJson, parsed
from paydesk.importers.mpesa_c2b import MpesaC2b
from paydesk.importers.mpesa_pull import MpesaPull
from paydesk.importers.mpesa_result import MpesaResult
from paydesk.importers.mpesa_stk import MpesaStk
from paydesk.importers.mtn_callback import MtnCallback

HUBTEL = Dialect(
    code="hubtel",
    name="Hubtel",
    provider_codes=("hubtel",),
    channels={
        "payment": Channel("PrimaryCallbackUrl of each receive-money request", (HubtelCallback,)),
        "order": Channel("fulfilment URL of a programmable service (USSD, app)", (HubtelOrder,)),
    },
    set_up="Name the first address in each receive-money request, the second in a programmable service.",
    known="documented",
    answer=json_answer(ResponseCode="0000", Message="Received"),
    answers=(HubtelStatus,),
)
MPESA = Dialect(
    code="mpesa",
    name="M-Pesa",
    provider_codes=("mpesa", "safaricom", "m-pesa", "safaricom-m-pesa"),
    channels={
        "confirmation": Channel("ConfirmationURL of the C2B registration", (MpesaC2b,)),
        "validation": Channel(
            "ValidationURL of the C2B registration; every payment is let through", (MpesaC2b,), False
        ),
        "push": Channel("CallBackURL of each STK push", (MpesaStk,)),
        "result": Channel("ResultURL of payouts, reversals, status and balance questions", (MpesaResult,)),
    },
    set_up="Register the first two for the short code by Daraja's C2B API; name the others in each request.",
    known="documented",
    answer=json_answer(ResultCode=0, ResultDesc="Accepted"),
    answers=(MpesaStk, MpesaPull, MpesaResult),
)
MTN = Dialect(
    code="mtn",
    name="MTN MoMo",
    provider_codes=("mtn", "mtn-momo", "mtn_momo", "momo"),
    channels={"payment": Channel("X-Callback-Url of each request to pay and transfer", (MtnCallback,))},
    set_up=(
        "Register the host of this address as providerCallbackHost of the API user, and name the address as "
        "X-Callback-Url of each request. MTN sends each callback once: its statement shows what was lost."
    ),
    known="integration_code",
    methods=("POST", "PUT"),
)
AIRTEL = Dialect(
    code="airtel",
    name="Airtel Money",
    provider_codes=("airtel", "airtel-money", "airtel_money"),
    channels={"payment": Channel("callback URL of the collections application", (AirtelCallback,))},
    set_up="Enter the address in Airtel's developer portal at the application, for collections alone.",
    known="integration_code",
)
WAVE = Dialect(
    code="wave",
    name="Wave",
    provider_codes=("wave",),
    channels={"event": Channel("URL of a webhook, with a signing secret")},
    set_up=(
        "Add the address in Wave's business portal under Developers, Webhooks, choose the signing secret and "
        "enter it in the file of connections."
    ),
    known="documented",
    proof=Proof(timed_hmac("Wave-Signature", b""), "Wave-Signature: HMAC-SHA256 of time and body"),
    missing="Its events are kept and not read: no file of it was seen. Upload its export by a mapping.",
)


def _notif_token(call: Call, keys: Keys) -> str:
    try:
        document = parsed(call.body)
    except NotJson:
        return MISSING
    found = document.get("notif_token") if isinstance(document, dict) else None
    if not isinstance(found, str) or not found:
        return MISSING
    return "" if same(found, keys["secret"]) else WRONG


ORANGE = Dialect(
    code="orange",
    name="Orange Money",
    provider_codes=("orange", "orange-money", "orange_money"),
    channels={"payment": Channel("notif_url of each web payment")},
    set_up=(
        "Name the address as notif_url of each web payment. Orange gives each payment a notif_token of its "
        "own, which your checkout knows and the desk does not: keep the address secret."
    ),
    known="documented",
    proof=Proof(_notif_token, "the notif_token, where one is set up", required=False),
    missing="A notification names no amount: it is kept and not read. Upload its export by a mapping.",
)
NSANO = Dialect(
    code="nsano",
    name="Nsano",
    provider_codes=("nsano",),
    channels={"payment": Channel("callback address that Nsano enters for you")},
    set_up="Give the address to Nsano and enter the networks it sends from under Limits.",
    known="assumed",
    missing="Nsano publishes no layout: what it sends is kept and not read. Upload its export by a mapping.",
)
