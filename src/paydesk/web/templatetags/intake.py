"""How intake and home show what stands in files: exact amounts, the state of a file, addresses by code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from paydesk.domain.statements.rules import raw_row
from paydesk.domain.statements.states import FILE
from paydesk.domain.statements.whose_format import about_format
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.public_codes import code_of
from paydesk.web.addresses import page_of
from paydesk.web.sight import looking
from paydesk.web.templatetags.desk import exact_money, money, state_badge

register = template.Library()
FILE_PREFIX = "FIL"
# What a person reads where the state's own word says too little.
STATE_WORDS = {
    "uploaded": "waiting to be read",
    "mapping_needed": "mapping or account needed",
    "previewed": "ready to post",
    "discarded": "put aside",
}
# Formats of a file that no importer has by itself.
FORMAT_TITLES = {
    "table": "Table, its columns mapped",
    "csv": "Table, its columns mapped",
    "xlsx": "Spreadsheet, its columns mapped",
    "mixed": "Archive of several formats",
    "by_hand": "Entered by hand",
}


@register.simple_tag
def stated(amount: Decimal | None, currency: str) -> SafeString | str:
    """An amount as a file states it: money where it is whole minor units, else every digit of it."""
    if amount is None:
        return ""
    minor = None if currency == "XXX" else exact_minor(amount, currency)
    if minor is not None:
        return money(Money(minor, currency))
    whole = amount.normalize()
    return exact_money(whole.quantize(Decimal(1)) if whole == whole.to_integral_value() else whole, currency)


@register.filter
def file_state(file: Any) -> SafeString:
    """The badge of a file's state. One that waits for a person says for what: its columns or its account."""
    words = STATE_WORDS.get(file.state, file.state)
    if file.state == "mapping_needed":
        words = "mapping needed" if file.format == "table" else "account needed"
    return state_badge(FILE.family(file.state), words)


@register.filter
def format_title(name: str) -> str:
    """What a file is in words: "MT940 statement" for mt940."""
    about = None if name in FORMAT_TITLES else about_format(name)
    return about.title if about else FORMAT_TITLES.get(name, name)


@register.filter
def file_code(file_id: int) -> str:
    return code_of(FILE_PREFIX, file_id)


@register.simple_tag
def file_url(file_id: int, name: str = "file") -> str:
    """`{% file_url file.pk "lines" %}`: a page of the file."""
    return reverse(f"intake:{name}", args=[code_of(FILE_PREFIX, file_id)])


@register.simple_tag
def payment_link(payment_id: int) -> SafeString:
    """The code of a payment, leading to it."""
    code, address = code_of("PAY", payment_id), page_of("payment", payment_id)
    if not address:
        return format_html('<span class="code">{}</span>', code)
    return format_html('<a class="code" href="{}">{}</a>', address, code)


@register.simple_tag(takes_context=True)
def raw_words(context: dict[str, Any], raw: str) -> str:
    """A raw row as people read it: "Date: 31-02-2026 · Amount: fifty", or its text; less what is masked."""
    row = looking(context["request"]).row(raw_row(raw))
    if isinstance(row, str):
        return row
    return " · ".join(f"{name}: {value}" for name, value in row.items() if value)
