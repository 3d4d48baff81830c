"""What the desk knows: articles found by words, one opened beside them, with its versions and its exam."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from paydesk.domain.quality.markdown import as_html
from paydesk.domain.quality.queries import (
    article_for,
    articles,
    count_to_publish,
    found_by,
    questions_of,
    versions_of,
)
from paydesk.domain.quality.rules import KINDS, LANGUAGES, cited
from paydesk.domain.quality.states import ARTICLE_VERSION
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.account.rights import RIGHT_WORDS
from paydesk.web.addresses import code_in, number_in
from paydesk.web.contracts.forms import ANY, AddressFilters
from paydesk.web.language import spoken
from paydesk.web.paging import PAGE_SIZE, Page, page_number
from paydesk.web.people_names import names_by_label
from paydesk.web.quality.knowledge_deeds import buttons_for

if TYPE_CHECKING:
    from paydesk.domain.quality.models import Article, ArticleVersion
    from paydesk.foundation.people.models import Market

SEE, WRITE = "knowledge:view", "knowledge.write"
STATES = [("published", "counts now"), ("draft", "has a draft"), ("none", "counts no more")]


class ArticleFilters(AddressFilters):
    q = forms.CharField(
        required=False, max_length=100, label="Words of title or text",
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control text"}),
    )  # fmt: skip
    kind = forms.ChoiceField(required=False, choices=[ANY, *KINDS.items()])
    market = forms.ChoiceField(required=False)
    language = forms.ChoiceField(required=False, choices=[ANY, *LANGUAGES.items()])
    state = forms.ChoiceField(required=False, choices=[ANY, *STATES])

    def __init__(self, request: HttpRequest, markets: Sequence[Market]) -> None:
        super().__init__(request)
        field: Any = self.fields["market"]
        field.choices = [ANY, *((market.pk, market.name) for market in markets)]

    def of(self, found: Any) -> Any:
        wanted = self.wanted
        for name in ("kind", "language"):
            if value := wanted.get(name):
                found = found.filter(**{name: value})
        if market := wanted.get("market"):
            found = found.filter(market__in=["", market])
        if state := wanted.get("state"):
            with_it = Q(versions__state="draft" if state == "draft" else "published")
            found = found.exclude(with_it) if state == "none" else found.filter(with_it)
        return found_by(found, wanted.get("q", ""))


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """One article with what counts of it and its draft, where there are."""

    article: Article
    live: ArticleVersion | None
    draft: ArticleVersion | None

    @property
    def code(self) -> str:
        return code_in("article", self.article.pk)

    @property
    def title(self) -> str:
        newest = self.live or self.draft
        return newest.title if newest else self.article.topic

    @property
    def where(self) -> str:
        place = self.article.market or "all markets"
        return ", ".join(map(spoken, (KINDS[self.article.kind], place, LANGUAGES[self.article.language])))

    @property
    def badge(self) -> tuple[str, str]:
        if self.live is None:
            return ("moving", "draft") if self.draft else ("idle", "withdrawn")
        return "settled", f"v{self.live.number}"


def shown(article: Any) -> ShownArticle:
    """An article of `queries.articles`."""
    return ShownArticle(
        article, article.live[0] if article.live else None, article.draft[0] if article.draft else None
    )


def article_or_404(actor: Actor, public_code: str) -> Article:
    number = number_in("article", public_code)
    if number is None or number >= 2**63:
        raise Http404("There is no article with this code.")
    try:
        return article_for(actor, number)
    except ObjectDoesNotExist:
        raise Http404("There is no such article in your markets.") from None


@require_safe
@needs(SEE)
@vary_on_headers("HX-Request", "HX-Target")
def article_list(request: HttpRequest) -> HttpResponse:
    """Articles by topic, or those with the words; the one in the address stands open."""
    actor, target = actor_of(request), request.htmx.target  # type: ignore[attr-defined]
    filters = ArticleFilters(request, list(markets_of(actor)))
    known: dict[str, Any] = {"filters": filters}
    if target != "articles-list":
        known |= opened(request)
    if target == "detail":
        return render(request, "quality/_article.html", known)
    number = page_number(request)
    start = (number - 1) * PAGE_SIZE
    found = list(filters.of(articles(actor)).distinct()[start : start + PAGE_SIZE + 1])
    known |= {
        "page": Page.of(((shown(each), _address(request, each)) for each in found), number),
        "to_publish": count_to_publish(actor) if gate(actor, "knowledge.publish_policy:check").allowed else 0,
        "write": gate(actor, WRITE),
    }
    return render(request, f"quality/{'_articles' if target == 'articles-list' else 'articles'}.html", known)


def _address(request: HttpRequest, article: Article) -> str:
    query = request.GET.copy()
    query.pop("version", None)
    query["open"] = code_in("article", article.pk)
    return f"{request.path}?{query.urlencode()}"


def opened(request: HttpRequest) -> dict[str, Any]:
    """The article that is open beside the list, in the version of the address; nothing where none is."""
    code = request.GET.get("open", "")
    if not code:
        return {"open_code": ""}
    actor = actor_of(request)
    article = article_or_404(actor, code)
    each, versions = shown(article), versions_of(article.pk)
    asked = request.GET.get("version", "")
    version = next(
        (one for one in versions if str(one.number) == asked), each.live or each.draft or versions[0]
    )
    names = names_by_label({label for one in versions for label in (one.made_by, one.published_by) if label})
    exam = next((one.exam for one in versions if one.pk == version.pk and hasattr(one, "exam")), None)
    return {
        "open_code": each.code,
        "each": each,
        "article": article,
        "version": version,
        "version_family": ARTICLE_VERSION.family(version.state),
        "html": html_of(version),
        "cite": cited(version.title, version.number),
        "exam": exam,
        "exam_count": len(questions_of(exam)) if exam else 0,
        "governs": [RIGHT_WORDS.get(row, row) for row in article.governs],
        "writer": names.get(version.made_by, ""),
        "publisher": names.get(version.published_by, ""),
        "versions": [
            (one, ARTICLE_VERSION.family(one.state), names.get(one.published_by or one.made_by, ""),
             f"?{urlencode({'open': each.code, 'version': one.number})}")
            for one in versions
        ],
        "acts": buttons_for(each, actor),
    }  # fmt: skip


def html_of(version: ArticleVersion) -> SafeString:
    """The words of a version to be shown; cleaned by `as_html`."""
    return mark_safe(as_html(version.text))  # noqa: S308


@require_safe
@needs(SEE)
def page(request: HttpRequest, public_code: str) -> HttpResponse:
    """An article by its code alone: the list with it open."""
    article = article_or_404(actor_of(request), public_code)
    return redirect(f"{reverse('knowledge:list')}?{urlencode({'open': code_in('article', article.pk)})}")
