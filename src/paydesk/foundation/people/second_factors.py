"""How allauth keeps second factors here: secrets encrypted with the desk's key, our name on passkeys."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from paydesk.foundation.people.sealed_text import UnreadableError, seal, unseal
from paydesk.kernel.refused import Refused

PURPOSE = "second_factor"


class DeskFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's adapter; what is stored cannot be read from the database alone."""

    def encrypt(self, text: str) -> str:
        return seal(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises Refused where the desk's secret key is not the one of when it was set up."""
        try:
            return unseal(encrypted_text, PURPOSE)
        except UnreadableError:
            raise Refused(
                "This second factor was set up under another secret key of the desk and cannot be read. "
                "An administrator can reset it.",
                code="factor.unreadable",
            ) from None

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": "paydesk"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name}
