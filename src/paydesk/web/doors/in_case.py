"""What the doors add to a case: status pages to give, taken back; a code for a call."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from paydesk.domain.cases.queries import code
from paydesk.domain.doors import actions
from paydesk.domain.doors.addresses import token_of
from paydesk.domain.doors.queries import links
from paydesk.web.access import actor_of, needs
from paydesk.web.addresses import number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases.shown import WORK, case_or_404

KINDS = ("case", "payment", "refund")


@require_POST
@needs(WORK)
def give(request: HttpRequest, public_code: str, about: str) -> HttpResponse:
    """The address of a status page, for the composer to put into the answer."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    for kind in KINDS:
        if (number := number_in(kind, about)) is not None:
            link = actions.give_status_page(
                case.pk, kind=kind, object_id=number, language=request.POST.get("language", ""), by=actor,
                now=timezone.now(),
            )  # fmt: skip
            path = reverse("public:status", args=[token_of(link)])
            return JsonResponse({"address": request.build_absolute_uri(path)})
    raise Http404("There is no status page of that.")


@require_POST
@needs(WORK)
def withdraw(request: HttpRequest, link_id: int) -> HttpResponse:
    """From now on this page is gone."""
    actor = actor_of(request)
    link = links(actor).filter(pk=link_id).first()
    if link is None:
        raise Http404("There is no such status page in your markets.")
    actions.withdraw_status_page(link_id, by=actor, now=timezone.now())
    told = f"{code(link.case)}: the status page is withdrawn."
    return done(request, came_from(request, page_of("case", link.case_id)), told)
