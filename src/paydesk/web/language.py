"""The language of the desk's own screens: what a person chose, else what this browser had or asks for.

Sentences are written in English and found in `web/locale` by it. Words of the domain stay English and are put
into the person's language where they are shown (`spoken`); what has no translation is shown in English.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.safestring import SafeData
from django.utils.translation import gettext
from django.utils.translation.trans_real import parse_accept_lang_header

from paydesk.foundation.people.rules import LANGUAGES
from paydesk.web import sentences

ENGLISH = "en"
SIGNING_IN = ("account_", "mfa_", "second_factor_")  # the desk's own pages before anybody is signed in
COOKIE = "language"
A_YEAR_SECONDS = 365 * 24 * 3600
# What the page's own scripts say, save what they are given by the page.
SAID_BY_SCRIPTS = (
    "just now", "%s min ago", "%s h ago", "1 day ago", "%s days ago", "just late", "due now", "%s late",
    "due in %s", "%s min", "%s h", "%s d", "Go on", "Do", "View", "Go to", "Find", "Nothing found",
    "%s found", "%s fit", "it is sorted", "it waits %s h for them", "When it is sent, %s. ", " and ",
    "Only the text", "%s is put in", "This is no longer here. Reload the page.",
    "Something broke on our side, and what was not finished was undone. Reload the page to see what stands.",
    "The desk could not be reached, so nothing was sent. Check the connection and try again.",
    "No connection to the desk. What you see is as of %s.",
)  # fmt: skip


class InOwnLanguage:
    """Each page in the language of whoever signs in or did; pages for visitors choose for themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with translation.override(ENGLISH):  # whatever a view activates ends with the request
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        name = request.resolver_match.url_name if request.resolver_match else ""
        is_desk = getattr(view, "login_required", True) and request.user.is_authenticated
        if is_desk or (name or "").startswith(SIGNING_IN):
            translation.activate(language_of(request))


def language_of(request: HttpRequest) -> str:
    """What this person chose; of who never did or is not signed in, what was last chosen in this browser,
    else the first of ours it asks for, else English."""
    chosen = getattr(request.user, "language", "") or request.COOKIES.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else of_browser(request)


def remember(response: HttpResponse, language: str) -> None:
    """Sign-in speaks `language` in this browser from now on."""
    response.set_cookie(
        COOKIE, language, max_age=A_YEAR_SECONDS,
        httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def of_browser(request: HttpRequest) -> str:
    """The first of our languages that the browser asks for, else English."""
    for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := code.split("-")[0]) in LANGUAGES:
            return language
    return ENGLISH


def spoken(words: Any) -> Any:
    """Words of ours in the language of whoever looks; what is no text, or has no translation, as it is."""
    if not words or not isinstance(words, str) or in_english():
        return words
    said = gettext(words)
    if said != words or isinstance(words, SafeData):
        return said
    return sentences.put(words, translation.get_language() or ENGLISH)


def in_english() -> bool:
    return translation.get_language() in (ENGLISH, None)


def words_for_scripts() -> str:
    """What the scripts of a page say, by its English, as JSON; "" in English, which they know."""
    return "" if in_english() else json.dumps({said: gettext(said) for said in SAID_BY_SCRIPTS})
