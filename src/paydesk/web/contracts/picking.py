"""A contract by the code in an address, as far as a person may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from paydesk.domain.contracts.queries import contract_for
from paydesk.kernel.actor import Actor
from paydesk.web.addresses import number_in

if TYPE_CHECKING:
    from paydesk.domain.contracts.models import Contract


def contract_or_404(actor: Actor, code: str) -> Contract:
    """The contract behind a code; 404 for a mistyped one and for one of another market."""
    number = number_in("contract", code)
    try:
        return contract_for(actor, -1 if number is None or number >= 2**63 else number)
    except ObjectDoesNotExist:
        raise Http404("There is no such contract in your markets.") from None
