"""Links to the page of a thing; plain words where there is no such page."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from paydesk.domain.contracts.states import CONTRACT, OPEN_STATES
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import page_of

register = template.Library()


@register.simple_tag
def link_to(kind: str, number: int | None, words: str, css: str = "") -> SafeString | str:
    """`{% link_to "contract" contract.pk contract.account_number "code" %}`"""
    address = page_of(kind, number) if number is not None else ""
    if address:
        return format_html('<a href="{}" class="{}">{}</a>', address, css, words)
    return format_html('<span class="{}">{}</span>', css, words) if css else words


@register.filter
def plain_code(number: int, prefix: str) -> str:
    """`{{ contract.pk|plain_code:"CON" }}`: the public code alone, for addresses and hidden fields."""
    return code_of(prefix, number)


@register.filter
def contract_family(state: str) -> str:
    """The colour family of a contract's state."""
    return CONTRACT.family(state)


@register.filter
def takes_money(state: str) -> bool:
    """Whether a contract in this state may still be paid."""
    return state in OPEN_STATES
