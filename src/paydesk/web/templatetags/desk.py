"""How the desk shows money, states, times, codes and small parts. Built in: templates need no `load`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, Select
from django.forms.widgets import ChoiceWidget
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from paydesk.foundation.people.rules import initials_of
from paydesk.kernel import public_codes
from paydesk.kernel.lifecycle import words
from paydesk.kernel.money import Money
from paydesk.web import charts
from paydesk.web.access import Gate, actor_of
from paydesk.web.access import gate as gate_of
from paydesk.web.icons import PATHS
from paydesk.web.language import in_english
from paydesk.web.language import spoken as in_own_words
from paydesk.web.paging import Page
from paydesk.web.sight import looking, subject_of

register = template.Library()
SYMBOLS = {"settled": "✓", "moving": "→", "held": "‖", "failed": "✕", "returned": "↩", "idle": "○"}
MINUS, NO_BREAK = "\u2212", "\u00a0"


# Money


@register.filter
def money(amount: Money | None) -> SafeString | str:
    """An amount with its currency: tabular, right aligned, never broken, a true minus. Empty for None."""
    if amount is None:
        return ""
    figure, currency = str(amount).rsplit(" ", 1)
    return _amount(figure, currency)


@register.simple_tag(name="money")
def money_tag(amount: Money | int, currency: str = "") -> SafeString | str:
    """`{% money 12500 "GHS" %}`: the same from minor units and a currency."""
    return money(amount if isinstance(amount, Money) else Money(amount, currency))


@register.simple_tag
def exact_money(amount: Decimal, currency: str) -> SafeString:
    """A decimal of a file as it stands there, also below the minor unit; "XXX" is shown as no currency."""
    return _amount(f"{amount:,f}".replace("-", MINUS), "" if currency == "XXX" else currency)


def _amount(figure: str, currency: str) -> SafeString:
    if not currency:
        return format_html('<span class="money">{}</span>', figure)
    return format_html(
        '<span class="money">{}{}<span class="cur">{}</span></span>', figure, NO_BREAK, currency
    )


@register.filter
def figure(amount: Money | None) -> str:
    """The amount alone, for a column whose head or neighbour names the currency."""
    return "" if amount is None else str(amount).rsplit(" ", 1)[0]


# States


@register.simple_tag
def state_badge(family: str, word: str, symbol: str = "") -> SafeString:
    """A state as symbol, word and colour. `family` is a colour family; a code is put into words."""
    text = in_own_words(words(word))
    return format_html(
        '<span class="st {}"><i aria-hidden="true">{}</i>{}</span>',
        family,
        symbol or SYMBOLS[family],
        text[:1].upper() + text[1:],
    )


# Times


@register.filter
def when(at: datetime | date | None, zone: str = "") -> SafeString | str:
    """An instant in `zone` (else the person's), its title in UTC; a date as it is; the year if not this."""
    if at is None:
        return ""
    if not isinstance(at, datetime):
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), _day(at))
    local = timezone.localtime(at, ZoneInfo(zone) if zone else None)
    utc = at.astimezone(UTC)
    return format_html(
        '<time class="num" datetime="{}" title="{} UTC">{} {}</time>',
        utc.isoformat(),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
        _day(local.date()),
        local.strftime("%H:%M"),
    )


@register.filter
def ago(at: datetime | None) -> SafeString | str:
    """How long ago, kept current by the page; without script the time itself stands there."""
    if at is None:
        return ""
    utc = at.astimezone(UTC)
    return format_html(
        '<time class="num" data-ago datetime="{}" title="{} UTC">{}</time>',
        utc.isoformat(),
        utc.strftime("%Y-%m-%d %H:%M:%S"),
        timezone.localtime(at).strftime("%H:%M"),
    )


def _day(day: date) -> str:
    return date_format(day, "j M" if day.year == timezone.localdate().year else "j M Y")


# Codes, phones, icons


@register.filter
def public_code(number: int, prefix: str) -> SafeString:
    """`{{ payment.pk|public_code:"PAY" }}`: the readable code of a row."""
    return code(public_codes.code_of(prefix, number))


@register.filter
def code(text: str) -> SafeString:
    """A code or reference in the typeface in which 0 and O differ."""
    return format_html('<span class="code">{}</span>', text)


# Names and phone numbers, masked where they may not be seen (web/sight.py)


@register.simple_tag(takes_context=True)
def person_name(context: dict[str, Any], name: str | None, of: Any = None) -> str:
    """A name of somebody. `of` is the customer, contract or payment whose page this is; none in lists."""
    return looking(context["request"]).name(name, of) if name else ""


@register.simple_tag(takes_context=True)
def person_phone(context: dict[str, Any], digits: str | None, of: Any = None) -> SafeString | str:
    """E.164 digits as people read them; `of` as for a name."""
    if not digits:
        return ""
    return format_html('<span class="num">{}</span>', looking(context["request"]).phone(digits, of))


@register.simple_tag(takes_context=True)
def person_identity(context: dict[str, Any], number: str, of: Any = None) -> SafeString:
    """The number of an identity document; `of` as for a name."""
    return format_html('<span class="num">{}</span>', looking(context["request"]).identity(number, of))


@register.simple_tag(takes_context=True)
def person_text(context: dict[str, Any], text: str | None, of: Any = None) -> str:
    """Free text that came with a payment; it may hold a name."""
    return looking(context["request"]).free_text(text or "", of)


@register.simple_tag(takes_context=True)
def payment_sentence(context: dict[str, Any], text: str, payment: Any) -> str:
    """A sentence of ours about a payment; it may hold the number and the name of who paid."""
    line = payment.statement_line
    eyes = looking(context["request"])
    told: str = in_own_words(eyes.sentence(text, payment, names=[line.payer_name], phones=[line.msisdn]))
    return told


@register.inclusion_tag("components/reveal.html", takes_context=True)
def reveal(context: dict[str, Any], of: Any, key: str = "r") -> dict[str, Any]:
    """The button that reveals whom this page is about, to people from whom something is hidden. Without a
    `key` where that does something else."""
    request: HttpRequest = context["request"]
    eyes, subject = looking(request), subject_of(of)
    assert subject is not None
    kind, number = subject
    code = public_codes.code_of({"customer": "CUS", "payment": "PAY"}[kind], number)
    address = reverse("reveal:one", args=[kind, code])
    hides, until = eyes.sight.hides(), eyes.until(of)
    if hasattr(of, "identities") and of.identities.all():
        hides, until = [*hides, "identity"], eyes.identity_until(of)
    return {
        "hides": hides,
        "until": until,
        "url": f"{address}?{urlencode({'next': request.get_full_path()})}",
        "key": key,
        "blocked": gate_of(eyes.actor, "customers.reveal").reason,
    }


@register.filter
def spoken(words: Any) -> Any:
    """`{{ row.word|spoken }}`: words of ours in the language of whoever looks; names stay as they are."""
    return in_own_words(words)


@register.filter
def state_words(text: str) -> str:
    """A code in words, first letter large: "part_applied" is "Part applied"."""
    read = in_own_words(words(text))
    return read[:1].upper() + read[1:]


@register.filter
def initials(name: str) -> str:
    """Up to two letters of a name, to stand for a picture."""
    return initials_of(name)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon for the eye; the words beside it are what is read out."""
    return format_html(
        '<svg class="ic {}" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', size, PATHS[name]
    )


# Charts


@register.simple_tag
def sparkline(values: Sequence[int], tone: str = "c1") -> SafeString:
    return charts.sparkline(values, tone=tone)


@register.simple_tag
def ageing(parts: Sequence[tuple[str, int]], title: str) -> SafeString:
    return charts.ageing([(in_own_words(words), size) for words, size in parts], title=in_own_words(title))


@register.simple_tag
def columns(
    values: Sequence[tuple[str, Sequence[int]]], title: str, description: str, key: str
) -> SafeString:
    return charts.columns(values, title=in_own_words(title), description=in_own_words(description), key=key)


@register.simple_tag
def flow(total: tuple[str, int], parts: Sequence[tuple[str, str, int]], title: str) -> SafeString:
    return charts.flow(total, parts, title=in_own_words(title))


# What may be done


@register.simple_tag(takes_context=True)
def gate(context: dict[str, Any], right: str) -> Gate:
    """`{% gate "payments.identify" as identify %}`: `.allowed`, and `.reason` to show where it is not."""
    return gate_of(actor_of(context["request"]), right)


@register.inclusion_tag("components/action.html")
def action(
    label: str,
    url: str,
    key: str = "",
    blocked: str = "",
    primary: bool = False,
    dialog: bool = True,
    icon: str = "",
    also: str = "",
    says: str = "",
) -> dict[str, Any]:
    """A button that opens what it names: in the dialog, or as a page. `blocked` says why it cannot be used.

    `also` is a second key for it, where a hand is used to one; `says` is what comes before what it names.

    A key only presses the button; the thing it opens names the amount and asks.
    """
    return {
        "label": label, "url": url, "key": key, "blocked": blocked,
        "primary": primary, "dialog": dialog, "icon": icon,
        "also": also, "says": says,
    }  # fmt: skip


# Forms and lists


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "", full: bool = False, marked: bool = True) -> dict[str, Any]:
    """A form field with label, help and its error beside it; what may stay empty is marked unless told."""
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    several = isinstance(widget, CheckboxSelectMultiple)
    kind = "form-select" if isinstance(widget, Select) and not several else "form-control"
    kind = "form-check-input" if is_check or several else kind
    attrs: dict[str, str | bool] = {"class": f"{kind} {css}".strip()}
    control = _control(bound, attrs)
    return {"field": bound, "control": control, "is_check": is_check, "full": full, "marked": marked}


@register.simple_tag(name="control")
def control_tag(bound: BoundField) -> SafeString:
    """`{% control field %}`: the field itself, what there is to choose from in the person's language."""
    return _control(bound, {})


def _control(bound: BoundField, attrs: dict[str, str | bool]) -> SafeString:
    widget: Any = bound.field.widget
    if not in_english() and isinstance(widget, ChoiceWidget) and not isinstance(widget, Select):
        widget.choices = [(value, _chosen_words(words)) for value, words in widget.choices]
    return bound.as_widget(attrs=attrs)


def _chosen_words(words: Any) -> Any:
    """The words of a choice; of a group of choices those of each."""
    if isinstance(words, list | tuple):
        return [(value, in_own_words(str(each))) for value, each in words]
    return in_own_words(str(words))


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(
    context: dict[str, Any], label: str, name: str, css: str = "", default: str = ""
) -> dict[str, Any]:
    """A table head that sorts by `name`, pressed again the other way. `default` is the list's own order."""
    request: HttpRequest = context["request"]
    now = request.GET.get("sort") or default
    direction = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    address = _address(request, sort=f"-{name}" if now == name else name, page=None)
    return {"label": label, "css": css, "direction": direction, "address": address}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: dict[str, Any], page: Page[Any], what: str = "rows", target: str = "") -> dict[str, Any]:
    """Which rows are shown and the way to the next; the filters stay in the address."""
    request: HttpRequest = context["request"]
    back, on = page.number - 1, page.number + 1
    return {
        "page": page,
        "what": in_own_words(what),
        "target": target,
        "back": _address(request, page=back if back > 1 else None) if back else "",
        "on": _address(request, page=on) if page.has_next else "",
    }


def _address(request: HttpRequest, **changes: object) -> str:
    """The path and filters of this request with `changes`; None takes one out."""
    query: QueryDict = request.GET.copy()
    query.pop("v", None)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path
