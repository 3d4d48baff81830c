"""How allauth keeps second factors here: secrets encrypted with the desk's key, our name on passkeys."""

from __future__ import annotations

import base64
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from paydesk.kernel.refused import Refused


class DeskFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter; what is stored cannot be read from the database alone."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Refused where the desk's secret key is not the one of when it was set up."""
        try:
            return _box().decrypt(encrypted_text.encode("ascii")).decode()
        except InvalidToken:
            raise Refused(
                "This second factor was set up under another secret key of the desk and cannot be read. "
                "An administrator can reset it.",
                code="factor.unreadable",
            ) from None

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "paydesk"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name}


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key_from(key)) for key in keys])


def _key_from(secret_key: str) -> bytes:
    derived = salted_hmac("paydesk.second_factor", "key", secret=secret_key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(derived)
