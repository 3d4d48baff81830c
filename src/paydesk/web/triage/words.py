"""The words of categories, also of those that are retired: what old cases have is still said."""

from __future__ import annotations

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import current_tree


def category_words() -> dict[str, str]:
    """By code; one query."""
    return leaves(current_tree()[1], retired=True)
