"""The incident radar: many cases of the last hour that say the same, more than there usually are.

Plain functions over cases; whoever calls them brings the cases and the time. An alert names its cases, the
words they share and the figures it hangs on: a person decides whether it is an incident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paydesk.categorising.words import folded_grams

WINDOW = timedelta(hours=1)
LIKENESS = 0.45
LEAST_ALIKE = 8
TIMES_USUAL = 3.0
USUAL_DAYS = 28
SHOWN_WORDS = 5


@dataclass(frozen=True, slots=True)
class Arrived:
    """A case as it came: its id, when, what was written and the category it has so far ("" for none)."""

    id: int
    at: datetime
    text: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Cases that are alike, the earliest first, and why that is more than usual.

    category is the one most of them have; in_category counts the window's cases of it, usual those of such an
    hour before. words are shared by at least half of the cases.
    """

    cases: tuple[int, ...]
    category: str
    words: tuple[str, ...]
    since: datetime
    in_category: int
    usual: float
    why: str


def arrived_in_window(
    cases: Iterable[Arrived], *, now: datetime, window: timedelta = WINDOW
) -> list[Arrived]:
    """Those that came after `now - window` and not after `now`, in the order of time."""
    inside = [case for case in cases if now - window < case.at <= now]
    return sorted(inside, key=lambda case: (case.at, case.id))


def groups_alike(cases: Sequence[Arrived], *, likeness: float = LIKENESS) -> list[tuple[Arrived, ...]]:
    """Cases that are alike by their words, each with at least one other; the largest group first."""
    from paydesk.categorising.fingerprints import Fingerprints  # with NumPy, which quiet desks need not read

    ordered = sorted(cases, key=lambda case: (case.at, case.id))
    found = Fingerprints([case.text for case in ordered]).groups(likeness)
    return [tuple(ordered[place] for place in group) for group in found]


def alerts(
    cases: Iterable[Arrived],
    *,
    now: datetime,
    usual: Mapping[str, float],
    window: timedelta = WINDOW,
    likeness: float = LIKENESS,
    least: int = LEAST_ALIKE,
    times: float = TIMES_USUAL,
) -> list[Alert]:
    """Groups of at least `least` cases of the window whose category comes more than `times` its usual rate.

    `usual` says how many cases of a category such a window has (`usual_in_window`); a category it does not
    name has none. A group counts for its category also where its cases have others.
    """
    inside = arrived_in_window(cases, now=now, window=window)
    if len(inside) < least:
        return []
    of_category = Counter(case.category for case in inside)
    found = []
    for group in groups_alike(inside, likeness=likeness):
        if len(group) < least:
            break
        category = Counter(case.category for case in group).most_common(1)[0][0]
        come, expected = max(of_category[category], len(group)), usual.get(category, 0.0)
        if come <= times * expected:
            continue
        minutes = window.total_seconds() / 60
        found.append(
            Alert(
                cases=tuple(case.id for case in group),
                category=category,
                words=_shared_words(group),
                since=group[0].at,
                in_category=come,
                usual=expected,
                why=f"{len(group)} cases of the last {minutes:.0f} minutes say the same; there are {come} of "
                f"{category or 'no category'}, usually {expected:.1f}.",
            )
        )
    return found


def usual_in_window(
    earlier: Iterable[tuple[datetime, str]],
    *,
    now: datetime,
    window: timedelta = WINDOW,
    days: int = USUAL_DAYS,
) -> dict[str, float]:
    """How many cases of each category came on average at this time of day, over the `days` before.

    `earlier` are (instant, category) of at least these days; what is outside of them is passed over. Days
    without a case count, so hand in fewer `days` where the desk is younger.
    """
    counted: Counter[str] = Counter()
    for at, category in earlier:
        day, into_day = divmod(now - at, timedelta(days=1))
        if 1 <= day <= days and into_day < window:
            counted[category] += 1
    return {category: count / days for category, count in counted.items()}


def _shared_words(group: Sequence[Arrived]) -> tuple[str, ...]:
    """What at least half of the cases say, pairs before words, no word twice."""
    counted = Counter(gram for case in group for gram in folded_grams(case.text))
    shared = [(count, gram) for gram, count in counted.items() if 2 * count >= len(group)]
    chosen: list[str] = []
    for _, gram in sorted(shared, key=lambda each: (-len(each[1].split()), -each[0], each[1])):
        if len(chosen) < SHOWN_WORDS and not any(set(gram.split()) & set(said.split()) for said in chosen):
            chosen.append(gram)
    return tuple(chosen)
