"""Small charts as SVG, drawn by the server: no script, no style attribute, colours by class.

Geometry is in chart units, not money: amounts come in as whole minor units and go out as positions.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def sparkline(values: Sequence[int], *, tone: str = "c1") -> SafeString:
    """A line in 72 x 24 units through `values`, oldest first. Decoration: its figures stand beside it."""
    if len(values) < 2:
        return SafeString("")
    low, high = min(values), max(values)
    span = high - low or 1
    last = len(values) - 1
    points = " ".join(
        f"{_tenths(720 * place, last)},{_tenths(220 * span - 200 * (value - low), span)}"
        for place, value in enumerate(values)
    )
    return format_html(
        '<svg class="spark {}" viewBox="0 0 72 24" aria-hidden="true"><polyline points="{}"/></svg>',
        tone,
        points,
    )


def ageing(parts: Sequence[tuple[str, int]], *, title: str) -> SafeString:
    """One bar of parts in proportion to whole numbers (counts, minor units of one currency), oldest last.

    `parts` are (what a reader hears, size). Parts of size 0 take no room.
    """
    total = sum(size for _, size in parts)
    if not total:
        return SafeString("")
    label = f"{title}: {', '.join(words for words, _ in parts)}"
    rects, x = [], 0
    for place, (_, size) in enumerate(parts):
        width = 3000 * size // total
        if size:
            rects.append((f"a{min(place, 4) + 1}", _tenths(x, 1), _tenths(max(width - 10, 10), 1)))
        x += width
    body = format_html_join("", '<rect class="{}" x="{}" y="0" width="{}" height="10"/>', rects)
    return format_html(
        '<svg class="plot ageing" viewBox="0 0 300 10" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        label,
        body,
    )


def columns(
    values: Sequence[tuple[str, Sequence[int]]], *, title: str, description: str, key: str
) -> SafeString:
    """Stacked columns, one per (label, sizes); the sizes take the colours c1, c2, c3 in order.

    `key` makes the ids of title and description unique on the page. Labels are thinned to fit.
    """
    top = max((sum(sizes) for _, sizes in values), default=0)
    if not top:
        return SafeString("")
    step = _round_step(top)
    ceiling = step * (-(-top // step))
    parts: list[SafeString] = []
    for line in range(0, ceiling + 1, step):
        y = _tenths(840 * ceiling - 760 * line, ceiling)
        parts.append(format_html('<line class="rule" x1="28" x2="312" y1="{}" y2="{}"/>', y, y))
        parts.append(format_html('<text x="23" y="{}" dy="3" text-anchor="end">{}</text>', y, f"{line:,}"))
    slot = 2840 // len(values)
    every = max(1, -(-len(values) // 8))
    for place, (label, sizes) in enumerate(values):
        x, floor = 280 + place * slot, 840
        for tone, size in enumerate(sizes, start=1):
            height = 760 * size // ceiling
            if height:
                floor -= height
                parts.append(
                    format_html(
                        '<rect class="c{}" x="{}" y="{}" width="{}" height="{}" rx="1"/>',
                        tone,
                        _tenths(x + slot // 8, 1),
                        _tenths(floor, 1),
                        _tenths(slot * 3 // 4, 1),
                        _tenths(max(height - 5, 5), 1),
                    )  # fmt: skip
                )
        if place % every == 0:
            parts.append(
                format_html(
                    '<text x="{}" y="98" text-anchor="middle">{}</text>', _tenths(x + slot // 2, 1), label
                )
            )
    return format_html(
        '<svg class="plot" viewBox="0 0 312 104" role="img" aria-labelledby="{0}-t {0}-d">'
        '<title id="{0}-t">{1}</title><desc id="{0}-d">{2}</desc>{3}</svg>',
        key, title, description, format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _round_step(top: int) -> int:
    """A step of 1, 2 or 5 times a power of ten that cuts `top` into at most five."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * 4 >= top:
                return factor * power
        power *= 10


def _tenths(numerator: int, denominator: int) -> str:
    """numerator / denominator tenths as text: 725 / 1 is "72.5"."""
    tenths = numerator // (denominator or 1)
    return f"{tenths // 10}.{tenths % 10}"


def flow(total: tuple[str, int], parts: Sequence[tuple[str, str, int]], *, title: str) -> SafeString:
    """Money from one place to several: a band each, as wide as its share of the whole.

    `total` and `parts` are what a reader sees, for parts the colour family before the size. The parts come to
    the total; what is below zero is said in words only.
    """
    words, whole = total
    above = [part for part in parts if part[2] > 0]
    if not whole or not above:
        return SafeString("")
    span, gap, left = 1400, 90, 300
    scale = sum(size for _, _, size in above)
    bands: list[SafeString] = []
    x1, x2 = 150, 210
    y_left, y_right = left, 0
    for label, family, size in above:
        height = max(span * size // scale, 8)
        top, bottom = _tenths(y_left, 1), _tenths(y_left + height, 1)
        to, under = _tenths(y_right, 1), _tenths(y_right + height, 1)
        bands.append(
            format_html(
                '<path class="{}" d="M{} {}C{} {} {} {} {} {}V{}C{} {} {} {} {} {}Z"/>',
                family, x1, top, x1 + 30, top, x2 - 30, to, x2, to, under, x2 - 30, under, x1 + 30, bottom,
                x1, bottom,
            )
        )  # fmt: skip
        middle = _tenths(y_right + height // 2, 1)
        bands.append(format_html('<text x="{}" y="{}" dy="3">{}</text>', x2 + 6, middle, label))
        y_left += height
        y_right += max(height, 60) + gap
    deep = max(y_right, y_left) + 40
    bands.append(
        format_html('<rect class="from" x="144" y="{}" width="6" height="{}"/>', _tenths(left, 1),
                    _tenths(y_left - left, 1))
    )  # fmt: skip
    bands.append(
        format_html('<text x="138" y="{}" dy="3" text-anchor="end">{}</text>',
                    _tenths((left + y_left) // 2, 1), words)
    )  # fmt: skip
    return format_html(
        '<svg class="plot flow" viewBox="0 0 420 {}" role="img" aria-label="{}: {}">{}</svg>',
        _tenths(deep, 1), title, ", ".join(label for label, _, _ in parts),
        format_html_join("", "{}", ((each,) for each in bands)),
    )  # fmt: skip
