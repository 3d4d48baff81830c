"""What was due and what was paid over the life of a contract, as two areas; the schedule has the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html
from django.utils.safestring import SafeString

from paydesk.kernel.money import Money

WIDTH, HEIGHT = 600, 60


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing with its first and last day, which stand below it."""

    svg: SafeString
    start: date
    end: date


def paid_chart(
    *,
    due: Sequence[tuple[date, int]],
    paid: Sequence[tuple[date, int]],
    today: date,
    currency: str,
) -> Chart | None:
    """Sums of `due` and `paid` (day, minor units) as steps over time; None when there is nothing to draw."""
    days = [day for day, _ in (*due, *paid)]
    top = max(sum(amount for _, amount in due), sum(amount for _, amount in paid))
    if not due or top <= 0:
        return None
    start, end = min(days), max(*days, today) + timedelta(days=1)
    span = (end - start).days

    def across(day: date) -> int:
        return WIDTH * (min(max(day, start), end) - start).days // span

    def area(steps: Sequence[tuple[date, int]], until: date) -> str:
        points, total = [f"0,{HEIGHT}"], 0
        for day, amount in sorted(steps):
            before, total = total, total + amount
            x = across(day)
            points += [f"{x},{HEIGHT - HEIGHT * before // top}", f"{x},{HEIGHT - HEIGHT * total // top}"]
        x = across(until)
        return " ".join([*points, f"{x},{HEIGHT - HEIGHT * total // top}", f"{x},{HEIGHT}"])

    due_now = sum(amount for day, amount in due if day <= today)
    words = (
        f"Paid against due from {start:%-d %B %Y} to {end - timedelta(days=1):%-d %B %Y}: "
        f"{Money(due_now, currency)} due by today, {Money(sum(a for _, a in paid), currency)} paid. "
        "The schedule below has every figure."
    )
    x = across(today + timedelta(days=1))
    svg = format_html(
        '<svg viewBox="0 0 {} {}" width="100%" height="{}" preserveAspectRatio="none" role="img"'
        ' aria-label="{}"><polygon class="a1" points="{}"/><polygon class="a3" points="{}"/>'
        '<rect class="now" x="{}" y="0" width="2" height="{}"/></svg>',
        WIDTH, HEIGHT, HEIGHT, words,
        area(due, end),
        area(paid, max([today + timedelta(days=1), *(day for day, _ in paid)])),
        max(x - 2, 0), HEIGHT,
    )  # fmt: skip
    return Chart(svg, start, end - timedelta(days=1))
