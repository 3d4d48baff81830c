"""Payment service providers: each event proved by a signature where the provider sends one."""

from __future__ import annotations

from paydesk.domain.providers.dialects.dialect import Channel, Dialect, Proof
from paydesk.domain.providers.dialects.signatures import (
    base64_hmac_of_body,
    braintree,
    dlocal,
    hmac_of_body,
    paypal,
    shared_word,
    timed_hmac,
)
from paydesk.importers.braintree import BraintreeWebhook
from paydesk.importers.braintree import document_of as braintree_document
from paydesk.importers.flutterwave_webhook import FlutterwaveWebhook
from paydesk.importers.paypal.ipn import PayPalIpn, document_of
from paydesk.importers.paypal.webhooks import PayPalWebhook
from paydesk.importers.paystack_webhook import PaystackWebhook, is_test
from paydesk.importers.stripe import StripeEvent

NOT_READ = "Its events are kept and not read: its files hold the rows."

PAYSTACK = Dialect(
    code="paystack",
    name="Paystack",
    provider_codes=("paystack",),
    channels={"event": Channel("Live Webhook URL", (PaystackWebhook,), is_test=is_test)},
    set_up=(
        "Enter the address in Paystack's dashboard under Settings, API Keys & Webhooks, and your secret key "
        "in the file of connections: Paystack signs with it."
    ),
    known="documented",
    proof=Proof(
        hmac_of_body("x-paystack-signature", "sha512"), "x-paystack-signature: HMAC-SHA512 of the body"
    ),
)
FLUTTERWAVE = Dialect(
    code="flutterwave",
    name="Flutterwave",
    provider_codes=("flutterwave", "rave"),
    channels={"event": Channel("webhook URL", (FlutterwaveWebhook,))},
    set_up=(
        "Enter the address in Flutterwave's dashboard under Settings, Webhooks, choose a secret hash, and "
        "enter it in the file of connections."
    ),
    known="documented",
    proof=Proof(shared_word("verif-hash"), "verif-hash: the secret hash itself"),
)
STRIPE = Dialect(
    code="stripe",
    name="Stripe",
    provider_codes=("stripe",),
    channels={
        "event": Channel(
            "endpoint URL of a webhook",
            (StripeEvent,),
            is_test=lambda document: isinstance(document, dict) and document.get("livemode") is False,
        )
    },
    set_up=(
        "Add the address in Stripe's dashboard under Developers, Webhooks, and enter its signing secret "
        "(whsec_…) in the file of connections."
    ),
    known="documented",
    proof=Proof(timed_hmac("Stripe-Signature", b"."), "Stripe-Signature: HMAC-SHA256 of time and body"),
    follows_promises=False,
)
CHECKOUT = Dialect(
    code="checkout",
    name="Checkout.com",
    provider_codes=("checkout", "checkout-com", "checkoutcom"),
    channels={"event": Channel("URL of a webhook, with a signature key")},
    set_up=(
        "Add the address in Checkout.com's dashboard under Developers, Webhooks, choose a signature key, and "
        "enter it in the file of connections."
    ),
    known="documented",
    proof=Proof(hmac_of_body("CKO-Signature", "sha256"), "CKO-Signature: HMAC-SHA256 of the body"),
    missing=NOT_READ,
)
DLOCAL = Dialect(
    code="dlocal",
    name="dLocal",
    provider_codes=("dlocal", "d-local"),
    channels={"event": Channel("notification_url of each payment, or of the account")},
    set_up="Name it as notification_url; enter your X-Login and secret key in the file of connections.",
    known="documented",
    proof=Proof(dlocal, "Authorization: HMAC-SHA256 of login, date and body", names=("login", "secret")),
    missing=NOT_READ,
)
BRAINTREE = Dialect(
    code="braintree",
    name="Braintree",
    provider_codes=("braintree",),
    channels={
        "event": Channel(
            "destination URL of a webhook",
            (BraintreeWebhook,),
            parse=braintree_document,
            is_test=lambda document: isinstance(document, dict) and document.get("kind") == "check",
        )
    },
    set_up=(
        "Add the address in Braintree's control panel under Settings, API, Webhooks; enter your public and "
        "private key in the file of connections."
    ),
    known="documented",
    proof=Proof(braintree, "bt_signature: HMAC-SHA1 of bt_payload", names=("public_key", "private_key")),
    missing="Of its events disbursements are booked; the settlement batches hold the payments.",
    follows_promises=False,
)
PAYPAL = Dialect(
    code="paypal",
    name="PayPal",
    provider_codes=("paypal",),
    channels={
        "event": Channel("Webhook URL of the REST application", (PayPalWebhook,)),
        "ipn": Channel(
            "Notification URL of instant payment notifications (IPN)",
            (PayPalIpn,),
            parse=document_of,
            is_test=lambda document: isinstance(document, dict) and document.get("test_ipn") == "1",
            is_signed=False,
        ),
    },
    set_up=(
        "Add the address in PayPal's developer dashboard at your application. PayPal signs by a certificate "
        "that it publishes: with that and the webhook's id in the file of connections each event is checked; "
        "without, and for IPN, the address alone has to be kept secret."
    ),
    known="documented",
    proof=Proof(
        paypal,
        "PAYPAL-TRANSMISSION-SIG: RSA-SHA256 by PayPal's certificate",
        names=("webhook_id", "certificate"),
        required=False,
    ),  # fmt: skip
    missing="Disputes and holds are told, not booked: files hold their rows.",
    follows_promises=False,
)
INGENICO = Dialect(
    code="ingenico",
    name="Ingenico Connect",
    provider_codes=("ingenico", "worldline"),
    channels={"event": Channel("endpoint URL of webhooks")},
    set_up=(
        "Enter the address in the configuration centre under Webhooks, and the secret of the key it shows "
        "in the file of connections."
    ),
    known="documented",
    proof=Proof(base64_hmac_of_body("X-GCS-Signature"), "X-GCS-Signature: HMAC-SHA256 of the body, base64"),
    missing=NOT_READ,
)


def _by_address(code: str, name: str) -> Dialect:
    """A processor whose events were never seen: kept, told apart by the secret address alone."""
    return Dialect(
        code=code,
        name=name,
        provider_codes=(code,),
        channels={"event": Channel("webhook URL")},
        set_up=f"Enter the address at {name} as webhook, and the networks it sends from under Limits.",
        known="assumed",
        missing=NOT_READ,
    )


GR4VY = _by_address("gr4vy", "Gr4vy")
CHARIOT = _by_address("chariot", "Chariot")
VENMO = _by_address("venmo", "Venmo")
