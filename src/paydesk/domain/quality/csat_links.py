"""The address under which a customer says how it was: signed with the desk's key, kept nowhere."""

from __future__ import annotations

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from paydesk.domain.quality.csat_models import Invitation

LETTERS = 22  # of six bits: nobody guesses 132
PATH = "/how/{token}"


def token_of(invitation: Invitation) -> str:
    """ "12-3kQ…"; the same as long as the key is."""
    return f"{invitation.pk}-{_signature(settings.SECRET_KEY, invitation.pk)}"


def address_of(invitation: Invitation, desk: str) -> str:
    """The whole address, below the one at which `desk` is reached from outside."""
    return desk.rstrip("/") + PATH.format(token=token_of(invitation))


def invitation_behind(token: str) -> Invitation | None:
    """The invitation of an address that we signed, also under a key of before; None for any other."""
    number, _, signature = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19 and len(signature) == LETTERS):
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    signed = [constant_time_compare(_signature(key, int(number)), signature) for key in keys]
    if not any(signed):
        return None
    return Invitation.objects.select_related("case").filter(pk=int(number), why_not="").first()


def _signature(key: str, number: int) -> str:
    made = salted_hmac("paydesk.csat", str(number), secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(made).decode()[:LETTERS]
