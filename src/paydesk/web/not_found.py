"""The page for an address at which nothing stands, in the language of whoever asked for it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.defaults import page_not_found

from paydesk.web.language import language_of


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no view has chosen a language where no address fits."""
    with translation.override(language_of(request)):
        return page_not_found(request, exception)
