"""The page on which a customer says how it was: looking records nothing, since programs follow links too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from paydesk.domain.quality.actions import record_answer
from paydesk.domain.quality.csat_links import invitation_behind
from paydesk.domain.quality.csat_rules import LONGEST_COMMENT, Said, counts, is_open
from paydesk.kernel.refused import Refused
from paydesk.web.addresses import code_in
from paydesk.web.public.limits import PerAddress
from paydesk.web.public.pages import gone, language_of, page, public, visitor

ANSWERS = PerAddress(60, 600)  # a household may share an address
WORDS = {
    "en": {
        "title": "How did we do?", "ask": "How did we do with your case?",
        "more": "Anything to add? (optional)",
        "send": "Send", "thanks": "Thank you.",
        "again": "You may change your answer for 72 hours; the last counts.",
        "closed": "This was answered already, or asked too long ago.", "choose": "Choose one of the five.",
        "scores": ("Very bad", "Bad", "Neither good nor bad", "Good", "Very good"),
    },
    "fr": {
        "title": "Votre avis", "ask": "Comment avons-nous traité votre dossier ?",
        "more": "Quelque chose à ajouter ? (facultatif)", "send": "Envoyer", "thanks": "Merci.",
        "again": "Vous pouvez changer votre réponse pendant 72 heures ; la dernière compte.",
        "closed": "Une réponse a déjà été donnée, ou la question est trop ancienne.",
        "choose": "Choisissez une des cinq réponses.",
        "scores": ("Très mal", "Mal", "Ni bien ni mal", "Bien", "Très bien"),
    },
    "sw": {
        "title": "Maoni yako", "ask": "Tumeshughulikiaje kesi yako?", "more": "Kuna la kuongeza? (si lazima)",
        "send": "Tuma", "thanks": "Asante.",
        "again": "Unaweza kubadilisha jibu kwa saa 72; la mwisho ndilo linalohesabiwa.",
        "closed": "Hili limeshajibiwa, au liliulizwa zamani mno.",
        "choose": "Chagua moja kati ya majibu matano.",
        "scores": ("Vibaya sana", "Vibaya", "Wastani", "Vizuri", "Vizuri sana"),
    },
}  # fmt: skip


@public(ANSWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def how(request: HttpRequest, secret: str) -> HttpResponse:
    """The five answers; sent, they are written down."""
    invitation = invitation_behind(secret)
    if invitation is None:
        return gone(language_of(request, "en"))
    now = timezone.now()
    language = language_of(request, invitation.language)
    words = WORDS[language if language in WORDS else "en"]
    problem, told = "", False
    if request.method == "POST":
        score = request.POST.get("score", "")
        try:
            record_answer(
                invitation.pk, score=int(score) if score in {"1", "2", "3", "4", "5"} else 0,
                comment=request.POST.get("comment", "")[:LONGEST_COMMENT],
                by=visitor(invitation.market, "csat"), now=now,
            )  # fmt: skip
            told = True
        except Refused:
            problem = str(words["choose"])
    said = [Said(each.at, each.score) for each in invitation.answers.all()]
    open_still = is_open(said, expires_at=invitation.expires_at, now=now)
    counted = counts(said)
    known = {
        "words": words,
        "code": code_in("case", invitation.case_id),
        "scores": list(enumerate(words["scores"], start=1)),
        "longest": LONGEST_COMMENT,
        "chosen": counted.score if counted else None,
        "told": told,
        "is_open": open_still,
        "problem": problem if open_still else "",
        "path": request.path,
    }
    status = 422 if problem and open_still else 409 if problem else 200
    return page("how", known, language=language, market=invitation.market, status=status)
