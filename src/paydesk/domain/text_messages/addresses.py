"""Where a gateway posts what became of messages: signed with the desk's key, kept nowhere."""

from __future__ import annotations

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from paydesk.domain.text_messages.models import TextGateway


def token_of(gateway: TextGateway) -> str:
    """The last part of the address: "7-3kQ…"."""
    return f"{gateway.pk}-{_signature(settings.SECRET_KEY, gateway)}"


def gateway_behind(token: str) -> TextGateway | None:
    """The gateway of an address that we signed, also one switched off: it may still report; one query."""
    number, _, signature = token.partition("-")
    if not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    gateway = TextGateway.objects.filter(pk=int(number)).first()
    if gateway is None:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = [constant_time_compare(_signature(key, gateway), signature) for key in keys]
    return gateway if any(signed) else None


def _signature(key: str, gateway: TextGateway) -> str:
    said = f"{gateway.pk}.{gateway.added_at.isoformat()}"
    return salted_hmac("paydesk.text_reports", said, secret=key, algorithm="sha256").hexdigest()[:32]
