"""A list as a file: who sees it and may take it along, as CSV or XLSX and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from paydesk.web.access import needs

KINDS = ("csv", "xlsx")
Export = Callable[..., HttpResponseBase]


def exports(see: str) -> Callable[[Export], Export]:
    """Let a view hand over a list to whoever has the right `see` and that to export; `kind` is of KINDS."""

    def decorated(view: Export) -> Export:
        @functools.wraps(view)
        def known(request: HttpRequest, *args: Any, kind: str, **kwargs: Any) -> HttpResponseBase:
            if kind not in KINDS:
                raise Http404("A list is taken along as csv or xlsx.")
            return view(request, *args, kind=kind, **kwargs)

        return require_safe(needs(see)(needs("export")(known)))

    return decorated
