"""Amounts of two files on their screens."""

from __future__ import annotations

from decimal import Decimal

from django import template

from paydesk.web.two_files.amounts import plain

register = template.Library()


@register.filter
def plain_amount(amount: Decimal) -> str:
    """An amount of a file whose currency stands beside it: grouped, two decimals at least, a true minus."""
    return plain(amount)
