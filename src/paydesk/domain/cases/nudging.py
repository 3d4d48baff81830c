"""The reminder of a customer who was waited for as long as a pause may last, in every language of answers."""

from __future__ import annotations

from datetime import datetime

from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code

# It tells nothing of what the case is about: who reads the mail may be somebody else by now.
NUDGES = {
    "en": (
        "We asked you something about your case {code} and have not heard from you. Answer this mail, so "
        "that we can go on. We never ask for your PIN or the number of your card."
    ),
    "fr": (
        "Nous vous avons posé une question au sujet de votre dossier {code} et n'avons pas eu de réponse. "
        "Répondez à ce courriel pour que nous puissions continuer. Nous ne demandons jamais votre code PIN "
        "ni le numéro de votre carte."
    ),
    "sw": (
        "Tulikuuliza jambo kuhusu kesi yako {code} na hatujapata jibu. Jibu barua pepe hii ili tuendelee. "
        "Hatuombi kamwe PIN yako wala namba ya kadi yako."
    ),
    "pt": (
        "Perguntámos-lhe algo sobre o seu caso {code} e não tivemos resposta. Responda a este e-mail para "
        "podermos continuar. Nunca pedimos o seu PIN nem o número do seu cartão."
    ),
}


def nudge(case: Case, now: datetime) -> Message | None:
    """Remind whoever the case is with by mail; None where no address is known. It answers nobody."""
    if "@" not in case.contact:
        return None
    return Message.objects.create(
        case=case, direction="out", channel="email", author="system:worker", recipients=[case.contact],
        text=NUDGES.get(case.language, NUDGES["en"]).format(code=code(case)), delivery="queued",
        leaves_at=now, is_automatic=True, at=now,
    )  # fmt: skip
