"""What a person does with one dispute: a dialog that asks, then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from paydesk.domain.disputes import actions
from paydesk.domain.disputes.queries import rows_that_fit
from paydesk.domain.disputes.states import DISPUTE, UNANSWERED
from paydesk.foundation.documents.actions import store
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money
from paydesk.kernel.refused import NotAllowedRefused, Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.answers import came_from, done
from paydesk.web.disputes import forms as asked
from paydesk.web.disputes.shown import ANSWER, SEE, dispute_or_404, shown
from paydesk.web.language import spoken
from paydesk.web.queues.views import version_in

if TYPE_CHECKING:
    from datetime import datetime

    from paydesk.domain.disputes.models import Dispute

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
Does = Callable[["Dispute", Any, dict[str, Any]], object]


@dataclass(frozen=True, slots=True)
class Deed:
    """`do` is called as do(dispute, form, {by, now, version}); `states` are those it may be done in."""

    name: str
    label: str
    key: str
    states: tuple[str, ...]
    form: Callable[..., forms.Form]
    do: Does
    says: str
    button: str
    told: str
    primary: bool = False


def kept(upload: Any, market: str, by: Actor, now: datetime) -> int | None:
    """The id of the document an upload becomes; None for no upload."""
    if not upload:
        return None
    file = cast("BinaryIO", upload)
    return store(file, filename=upload.name, by=by, now=now, retention="evidence", market=market).pk


def _decide(dispute: Dispute, form: Any, how: dict[str, Any]) -> object:
    said = form.cleaned_data
    message = kept(said["evidence"], dispute.market, how["by"], how["now"])
    return actions.decide(
        dispute.pk, outcome=said["outcome"], won=said["money"], note=said["note"], document_id=message, **how
    )


def _match(dispute: Dispute, form: Any, how: dict[str, Any]) -> object:
    said = form.cleaned_data
    return actions.match_row(dispute.pk, said["row"], is_fee=said["is_fee"], **how)


def _plain(verb: Callable[..., object]) -> Does:
    return lambda dispute, form, how: verb(dispute.pk, **form.cleaned_data, **how)


def _from(*transitions: str) -> tuple[str, ...]:
    return tuple({state for name in transitions for state in DISPUTE.transitions[name][0]})


DECIDABLE = _from("win", "lose", "win_for_good", "withdraw")
DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "notice", "Take the notice", "t", _from("take_notice"), asked.Notice,
            lambda dispute, form, how: actions.take_notice(dispute.pk, **form.said, **how),
            "Scheme, reason and day start the clock and make the checklist of evidence.",
            "Start the clock", "The notice is taken; the clock runs.", True,
        ),
        Deed(
            "challenge", "Challenge", "p", UNANSWERED, asked.Answer, _plain(actions.request_challenge),
            "The pack is made now, of all the evidence, for the second person and then for the scheme."
            " It goes out once.",
            "Ask to challenge {}", "Asked. A second person reads the pack and decides.", True,
        ),
        Deed(
            "accept", "Accept", "y", UNANSWERED, asked.Answer, _plain(actions.request_acceptance),
            "The cardholder keeps the money. What the provider took is then owed again by the payer.",
            "Ask to accept {}", "Asked. A second person decides on it.",
        ),
        Deed(
            "pass-on", "With the issuer", "", _from("pass_on"), asked.Nothing, _plain(actions.pass_on),
            "The provider says that the issuer has our evidence and looks at it.",
            "It is with the issuer", "Noted: the issuer looks at it.",
        ),
        Deed(
            "decide", "Decided", "e", DECIDABLE, asked.Decided, _decide,
            "Only what the provider says, with its message. Money comes and goes by the provider's rows.",
            "Save what was decided", "What was decided is saved.",
        ),
        Deed(
            "go-on", "It goes on", "", _from("go_on"), asked.GoOn, _plain(actions.go_on),
            "Pre-arbitration: it is answered anew, with evidence anew. What went out before stays kept.",
            "Start the clock", "It goes on; the clock runs.",
        ),
        Deed(
            "row", "Match a row", "m", tuple(DISPUTE.states), asked.MatchRow, _match,
            "A row of the provider that does not name the dispute and is of it all the same.",
            "It is of this dispute", "The row is of the dispute now.",
        ),
    )
}  # fmt: skip


def form_of(deed: Deed, dispute: Dispute, request: HttpRequest) -> forms.Form:
    is_sent = request.method == "POST"
    known: dict[str, Any] = {"auto_id": "deed_%s"}
    if deed.form is asked.Decided:
        known["whole"] = asked.whole_of(dispute)
    elif deed.form is asked.MatchRow:
        known["rows"] = [(row.pk, row_words(row)) for row in rows_that_fit(dispute)]
    elif deed.form is asked.Notice:
        known["initial"] = {"provider_ref": dispute.provider_ref}
    return deed.form(request.POST if is_sent else None, request.FILES if is_sent else None, **known)


def row_words(row: Any) -> str:
    """A row of the provider in one line, for a list to choose from."""
    moved = _("took %s") if row.amount_minor > 0 else _("brought %s")
    name = row.statement_line.text or row.statement_line.provider_ref or row.statement_line.reference
    amount = Money(abs(row.amount_minor), row.currency)
    return f"{row.booked_on:%Y-%m-%d} {spoken(row.kind)}: {moved % amount}. {name[:60]}".strip()


def why_not(deed: Deed, dispute: Dispute) -> str:
    """Why this cannot be done in this state; "" where it can."""
    if dispute.state not in deed.states:
        return _("This dispute is %s: look at it again.") % spoken(shown(dispute).word)
    return ""


@dialog_view
@needs(SEE)
def act(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    dispute, chosen = dispute_or_404(actor, code), DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    each, is_sent, status = shown(dispute), request.method == "POST", 200
    form = form_of(chosen, dispute, request)
    if is_sent:
        status = 422
        actor.needs(ANSWER, market=dispute.market)
        if form.is_valid():
            how = {"by": actor, "now": timezone.now(), "version": version_in(request)}
            try:
                chosen.do(dispute, form, how)
            except NotAllowedRefused:
                raise
            except Refused as refused:
                form.add_error(None, refused.text)
                status = 409
            else:
                return done(request, came_from(request, each.url), f"{each.code}: {spoken(chosen.told)}")
    known = {
        "each": each,
        "deed": chosen,
        "form": form,
        "at": came_from(request, each.url),
        "button": spoken(chosen.button).format(each.amount),
        "blocked": gate(actor, ANSWER).reason or why_not(chosen, dispute),
    }
    return render(request, "disputes/deed.html", known, status=status)
