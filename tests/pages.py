"""Reading answered pages in tests."""

from __future__ import annotations

import re

from django.http import HttpResponse


def without_secrets(answer: HttpResponse) -> str:
    """The page without its random form tokens, in which any short word may appear by chance."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())
