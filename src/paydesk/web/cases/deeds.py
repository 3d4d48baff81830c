"""What a person does with a case: a dialog that asks, or one press; then the domain's verb."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from paydesk.domain.cases import actions
from paydesk.domain.cases.asks import owner_of, references_in
from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.family_queries import family_of
from paydesk.domain.cases.queries import code, current_tree, knows_who
from paydesk.domain.cases.states import AT_WORK, CASE, OPEN
from paydesk.foundation.people.queries import market_by_code, markets_of
from paydesk.kernel.actor import Actor
from paydesk.kernel.money import Money, exact_minor
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.refused import Refused
from paydesk.web.access import actor_of, gate, needs
from paydesk.web.addresses import code_in, kind_and_number, number_in, page_of
from paydesk.web.answers import came_from, done
from paydesk.web.cases import forms as asked
from paydesk.web.cases.links import LINES
from paydesk.web.cases.proving import lead_of
from paydesk.web.cases.shown import SEE, WORK, case_or_404, shown
from paydesk.web.cases.sorting import as_seen, keep_what_others_said
from paydesk.web.deeds import Deed, Nothing
from paydesk.web.language import spoken
from paydesk.web.queues.subjects import Subject, subject_or_404

if TYPE_CHECKING:
    from paydesk.domain.cases.models import Case

dialog_view: Callable[[Any], Any] = require_http_methods(["GET", "HEAD", "POST"])
OPENS = ("payment", "contract", "refund", "exception")  # from whose page a case is opened
LINKED = (*OPENS, "case", "seller", "order", "withdrawal", "link_attempt")


def _sort(case: Case, data: dict[str, Any], by: Actor, now: Any) -> object:
    wanted = {name: data[name] or None for name in ("category", "root_cause", "money_outcome")}
    contact = data["contact"].strip()
    customer = _customer(data["customer"])
    return actions.sort_case(
        case.pk, **wanted, severity=data["severity"], party_role=data["party_role"],
        amount=_amount(data["amount"], case.market) or "",
        is_complaint=data["is_complaint"] or None, contact=_address(contact, case.market),
        customer_id=customer, language=data["language"] or None,
        harms=data["harms"] if data["with_harms"] else None, by=by, now=now,
    )  # fmt: skip


def _amount(amount: Decimal | None, market: str) -> Money | None:
    """What was typed, in the currency of the market; None for an empty field."""
    if amount is None:
        return None
    known = market_by_code(market)
    minor = exact_minor(amount, known.currency) if known is not None else None
    if known is None or not minor:
        raise Refused("Say an amount above zero that the currency has.", field="amount")
    return Money(minor, known.currency)


def _customer(text: str) -> int | None:
    if not text.strip():
        return None
    number = number_in("customer", text)
    if number is None:
        raise Refused("This is no code of a customer: take it from their page (CUS-…).")
    return number


def _address(text: str, market: str) -> str:
    return text if "@" in text or not text else e164_digits(text, market) or text


def _link(case: Case, data: dict[str, Any], by: Actor, now: Any) -> object:
    found = kind_and_number(data["code"]) or _named(data["code"], case, by)
    if found is None or found[0] not in LINKED:
        raise Refused("Nothing of this market has this code, reference or account number: check each letter.")
    kind, number = found
    if (kind, number) == ("case", case.pk):
        raise Refused("This is the case itself: name the other one.")
    if kind in LINES:
        if number not in LINES[kind](by, [number]):
            raise Refused("Nothing that you may see has this code: check each letter.")
    elif kind != "contract":
        subject_or_404(by, code_in(kind, number))
    return actions.link(case.pk, kind=kind, object_id=number, by=by, now=now)


def _named(text: str, case: Case, by: Actor) -> tuple[str, int] | None:
    """What a provider's reference or an account number belongs to, where it is one thing alone."""
    found = [each.link for each in references_in(text, by, case.market) if each.link[0] in LINKED]
    if len(found) > 1:
        raise Refused("More than one thing bears this: open it and link it by its code (PAY-…, CON-…).")
    return found[0] if found else None


def _merge(case: Case, data: dict[str, Any], by: Actor, now: Any) -> object:
    return actions.merge(case.pk, into=_case_named(data["code"]), by=by, now=now)


def _case_named(text: str) -> int:
    number = number_in("case", text)
    if number is None:
        raise Refused("This is no code of a case: check its last letter.")
    return number


DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "sort", "Sort", "s", (*OPEN, "resolved"), asked.Sort, _sort,
            "What it is about, why it happened, whose it is.", "Save", "Sorted.",
        ),
        Deed(
            "verify", "Verify", "v", OPEN, asked.Verify,
            lambda case, data, by, now: actions.verify(case.pk, **data, by=by, now=now),
            "Ask, do not tell: whoever answers two of these is told status and balance, no more.",
            "Verified", "Written down.",
        ),
        Deed(
            "call", "Log a call", "c", (*OPEN, "resolved"), asked.Call,
            lambda case, data, by, now: actions.log_call(case.pk, **data, by=by, now=now),
            "A call that was answered is an answer; a try of ours that was not is none. A call of theirs"
            " opens again what was resolved.",
            "Log the call", "Logged.",
        ),
        Deed(
            "wait", "Wait", "h", AT_WORK, asked.Wait,
            lambda case, data, by, now: actions.wait(case.pk, **data, by=by, now=now),
            "Only waiting for the customer stops the clock of the solution; others get a clock of their own.",
            "Wait", "It waits.",
        ),
        Deed(
            "promise", "Promise", "m", OPEN, asked.Promise,
            lambda case, data, by, now: actions.make_commitment(case.pk, **data, by=by, now=now),
            "What is promised becomes a clock of its own.", "Promise", "Promised; its clock runs.",
        ),
        Deed(
            "link", "Link", "b", (*OPEN, "resolved"), asked.Link, _link,
            "What the case is about, where the desk did not find it.", "Link", "Linked.",
        ),
        Deed(
            "merge", "Merge", "", OPEN, asked.Merge, _merge,
            "This case becomes part of another of the same person. It can be taken back.",
            "Merge", "Merged.",
        ),
        Deed(
            "child", "Add a child case", "", OPEN, asked.Child,
            lambda case, data, by, now: actions.add_child(
                case.pk, child_id=_case_named(data["code"]), by=by, now=now
            ),
            "Another case becomes a child of this one: it stands here with its state, and works on its own.",
            "Add it", "It is a child of this case.",
        ),
        Deed(
            "no-part", "Take out of its parent", "", (*OPEN, "resolved"), Nothing,
            lambda case, data, by, now: actions.part_child(case.pk, by=by, now=now),
            "It is no child of the other case any more.", "Take it out", "It has no parent any more.",
            fits=lambda case: case.parent_id is not None and case.split_off is None,
        ),
        Deed(
            "unsplit", "Take the split back", "", (*OPEN, "resolved"), Nothing,
            lambda case, data, by, now: actions.undo_split(case.pk, by=by, now=now),
            "What was split off is its parent's again, and what comes for this case goes there.",
            "Take it back", "It is one case again.", fits=lambda case: case.split_off is not None,
        ),
        Deed(
            "resolve", "Resolve", "e", OPEN, Nothing,
            lambda case, data, by, now: actions.resolve(case.pk, by=by, now=now),
            "The trouble is over. A message within 48 hours opens it again.", "Resolve", "Resolved.",
        ),
        Deed(
            "reopen", "Open again", "o", ("resolved",), Nothing,
            lambda case, data, by, now: actions.reopen(case.pk, by=by, now=now),
            "It is not over after all. The time since counts for no clock but that of a complaint.",
            "Open again", "Open again.",
        ),
        Deed(
            "no-complaint", "No complaint", "", (*OPEN, "resolved"), asked.NoComplaint,
            lambda case, data, by, now: actions.ask_no_complaint(case.pk, **data, by=by, now=now),
            "Its deadline goes on until a second person says that it is none.", "Ask for it",
            "Asked: a second person decides whether it is a complaint.",
            fits=lambda case: case.is_complaint,
        ),
        Deed(
            "part", "Take the merge back", "z", ("merged",), Nothing,
            lambda case, data, by, now: actions.undo_merge(case.pk, by=by, now=now),
            "Both cases have their own clocks again.", "Take it back", "The cases are apart again.",
        ),
    )
}  # fmt: skip


@dialog_view
@needs(SEE)
def act(request: HttpRequest, public_code: str, deed: str) -> HttpResponse:
    """Ask what has to be said, then do it, once."""
    actor = actor_of(request)
    case = case_or_404(actor, public_code)
    chosen = DEEDS.get(deed)
    if chosen is None:
        raise Http404("There is no such act.")
    is_sent, page = request.method == "POST", page_of("case", case.pk)
    initial = _initial(case)
    form = chosen.form(request.POST if is_sent else None, initial=initial, auto_id="deed_%s")
    if deed == "sort":
        if case.is_complaint:  # one person does not take a deadline away
            form.fields["is_complaint"].disabled = True
            form.fields["is_complaint"].help_text = _("That it is none, ask for under More.")
        category: Any = form.fields["category"]
        category.choices = [asked.CHOOSE, *leaves(current_tree()[1]).items()]
        if case.language not in asked.LANGUAGES:
            language: Any = form.fields["language"]
            language.choices = [("", case.language), *language.choices]
    if is_sent and form.is_valid():
        if deed == "sort":
            keep_what_others_said(form, initial)
        chosen.do(case, form.cleaned_data, actor, timezone.now())
        return done(request, came_from(request, page), f"{code(case)}: {spoken(chosen.told)}")
    each = shown(case)
    why = (
        ""
        if case.state in chosen.states and chosen.fits(case)
        else _("This case is %s: look at it again.") % spoken(each.word)
    )
    unnamed = deed == "verify" and not why and not knows_who(case)
    if unnamed:
        why = "Say first which customer this is; then verify that it is them."
    known = {
        "each": each, "case": case, "deed": chosen, "form": form, "at": came_from(request, page),
        "blocked": gate(actor, WORK).reason or why, "unnamed": unnamed and gate(actor, WORK).allowed,
        "lead": lead_of(case, request.GET.get("for", "")) if deed == "verify" else "",
        "open_parts": [shown(each) for each in family_of(actor, case).open_children]
        if deed == "resolve" else (),
    }  # fmt: skip
    return render(request, "cases/deed.html", known, status=422 if is_sent else 200)


def _typed(case: Case) -> Decimal | None:
    """The amount a person said, as they would type it."""
    if not case.amount_by_hand or case.amount_minor is None:
        return None
    return Money(case.amount_minor, case.currency).amount


def _initial(case: Case) -> dict[str, Any]:
    known = {
        "category": case.category, "root_cause": case.root_cause, "money_outcome": case.money_outcome,
        "severity": case.severity if case.severity_by_hand else "", "amount": _typed(case),
        "party_role": case.party_role, "contact": case.contact,
        "is_complaint": case.is_complaint, "language": case.language,
        "harms": case.harms, "with_harms": "1",
        "called_us": "yes" if case.channel == "phone" and case.unanswered_since is not None else "no",
        "customer": code_in("customer", case.customer_id) if case.customer_id else "",
    }  # fmt: skip
    return known | {"seen": as_seen(known)}


def _about(actor: Actor, said: str) -> Subject | None:
    """What the new case is about, of the things that may be linked and that this person may see."""
    known = kind_and_number(said) if said else None
    return subject_or_404(actor, said) if known is not None and known[0] in OPENS else None


@dialog_view
@needs(WORK)
def open_case(request: HttpRequest) -> HttpResponse:
    """A new case: somebody calls, or we saw it first. The address may say who calls, or what it is about."""
    actor, is_sent = actor_of(request), request.method == "POST"
    about = _about(actor, (request.POST if is_sent else request.GET).get("about", ""))
    initial = {"contact": request.GET.get("contact", "")}
    if about is not None:
        initial |= {
            "about": about.code, "channel": "by_hand", "market": about.market, "text": f"{about.code}: "
        }  # fmt: skip
    form = asked.OpenCase(request.POST if is_sent else None, initial=initial, auto_id="case_%s")
    market: Any = form.fields["market"]
    market.choices = [(each.pk, each.name) for each in markets_of(actor)]
    if is_sent and form.is_valid():
        data = form.cleaned_data
        data.pop("about")
        owner = owner_of(about.link) if about is not None else None
        case = actions.open_case(
            **{
                **data,
                "contact": _address(data["contact"].strip(), data["market"]),
                "amount": _amount(data["amount"], data["market"]),
                "customer_id": owner[1] if owner and owner[0] == "customer" else None,
            },
            by=actor,
            now=timezone.now(),
        )
        if about is not None:
            actions.link(case.pk, kind=about.kind, object_id=about.number, by=actor, now=timezone.now())
        return done(request, page_of("case", case.pk), _("%s is open.") % code(case))
    known = {"form": form, "at": came_from(request, reverse("cases:inbox"))}
    return render(request, "cases/open.html", known, status=422 if is_sent else 200)


def _back(request: HttpRequest, case: Case, told: str) -> HttpResponse:
    return done(request, came_from(request, page_of("case", case.pk)), f"{code(case)}: {spoken(told)}")


@require_POST
@needs(WORK)
def decide_link(request: HttpRequest, public_code: str, link_id: int, answer: str) -> HttpResponse:
    """It is about this, or it is not."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    verbs = {"confirm": (actions.confirm_link, "Confirmed."), "reject": (actions.reject_link, "Taken off.")}
    if answer not in verbs or not case.links.filter(pk=link_id).exists():
        raise Http404("There is no such link.")
    verb, told = verbs[answer]
    verb(link_id, by=actor, now=timezone.now())
    return _back(request, case, told)


@require_POST
@needs(WORK)
def whose(request: HttpRequest, public_code: str) -> HttpResponse:
    """Say that whoever wrote is the customer of what the case is about; that proves nothing yet."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    number = number_in("customer", request.POST.get("customer", ""))
    if number is None:
        raise Http404("There is no such customer.")
    actions.sort_case(case.pk, customer_id=number, party_role="customer", by=actor, now=timezone.now())
    return _back(request, case, "The customer is named. Verify them before you tell anything.")


@require_POST
@needs(WORK)
def tick(request: HttpRequest, public_code: str) -> HttpResponse:
    """Tick off one line of the checklist, or take the tick back."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    is_done = request.POST.get("done") == "on"
    actions.tick(case.pk, check=request.POST.get("check", ""), done=is_done, by=actor, now=timezone.now())
    return _back(request, case, "Ticked off." if is_done else "The tick is taken back.")


@require_POST
@needs(WORK)
def take_up(request: HttpRequest, public_code: str) -> HttpResponse:
    """Begin, or go on with what waited."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    if not CASE.may("take_up", case.state) and case.state != "in_progress":
        raise Refused(_("This case is %s: look at it again.") % spoken(shown(case).word))
    actions.take_up(case.pk, by=actor, now=timezone.now())
    return _back(request, case, "Taken up.")


@require_POST
@needs(WORK)
def keep_promise(request: HttpRequest, public_code: str, commitment_id: int) -> HttpResponse:
    """What was promised is done."""
    actor, case = actor_of(request), case_or_404(actor_of(request), public_code)
    if not case.commitments.filter(pk=commitment_id).exists():
        raise Http404("There is no such promise.")
    actions.keep_commitment(commitment_id, by=actor, now=timezone.now())
    return _back(request, case, "The promise is kept.")
