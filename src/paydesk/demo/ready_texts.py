"""The ready texts and the letter of the demo company, in English, French and Swahili; a mail with a file.

All of it is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO

import docx
from django.db import transaction

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Attachment, Case, Message
from paydesk.foundation.documents import steps as documents
from paydesk.kernel.actor import Actor, system

DEMO = system("demo")

# title: (category, then category, then hours, English, French, Swahili)
TEXTS: Mapping[str, tuple[str, str, int | None, str, str, str]] = {
    "We found your payment": (
        "paying.not_applied", "paying.not_applied", None,
        "Hello {customer.name},\n\nthank you for writing. We have your payment of {payment.amount} "
        "of {payment.day} (code {payment.code}), and {payment.state}.\n\nThis is how it stands on "
        "{facts.as_of}. Your case has the number {case.code}.\n\nKind regards\n{agent.name}",
        "Bonjour {customer.name},\n\nmerci pour votre message. Nous avons bien votre paiement de "
        "{payment.amount} (code {payment.code}).\n\nSituation au {facts.as_of}. Votre dossier porte "
        "le numéro {case.code}.\n\nCordialement\n{agent.name}",
        "Habari {customer.name},\n\nasante kwa kutuandikia. Tumepokea malipo yako ya "
        "{payment.amount} (namba {payment.code}).\n\nHali ilivyo {facts.as_of}. Namba ya shauri lako "
        "ni {case.code}.\n\nWako\n{agent.name}",
    ),
    "Which code did you get?": (
        "paying.not_applied", "paying.not_applied", 48,
        "Hello {customer.name},\n\nwe cannot see this payment yet. Please send us the code of the "
        "message your provider sent you, with the day and the amount. We never ask for your "
        "PIN.\n\nKind regards\n{agent.name}",
        "Bonjour {customer.name},\n\nnous ne voyons pas encore ce paiement. Envoyez-nous le code du "
        "message de votre opérateur, avec le jour et le montant. Nous ne demandons jamais votre code "
        "secret.\n\nCordialement\n{agent.name}",
        "Habari {customer.name},\n\nbado hatuoni malipo haya. Tafadhali tutumie namba ya ujumbe "
        "uliotumiwa na mtoa huduma, siku na kiasi. Hatuulizi kamwe namba yako ya "
        "siri.\n\nWako\n{agent.name}",
    ),
    "What is left to pay": (
        "account.statement", "account.statement", None,
        "Hello {customer.name},\n\non account {contract.account} {contract.open} is left to pay. "
        "Next is due: {contract.next_due}.\n\nThis is how it stands on {facts.as_of}.\n\nKind "
        "regards\n{agent.name}",
        "Bonjour {customer.name},\n\nsur le compte {contract.account} il reste {contract.open} à "
        "payer.\n\nSituation au {facts.as_of}.\n\nCordialement\n{agent.name}",
        "Habari {customer.name},\n\nkwenye akaunti {contract.account} kimebaki {contract.open} cha "
        "kulipa.\n\nHali ilivyo {facts.as_of}.\n\nWako\n{agent.name}",
    ),
    "Your refund": (
        "refund.late", "refund.late", None,
        "Hello {customer.name},\n\nyour refund of {refund.amount}: {refund.state}. This is how it "
        "stands on {facts.as_of}.\n\nKind regards\n{agent.name}",
        "Bonjour {customer.name},\n\nvotre remboursement de {refund.amount} est en cours de "
        "traitement. Situation au {facts.as_of}.\n\nCordialement\n{agent.name}",
        "Habari {customer.name},\n\nmarejesho yako ya {refund.amount} yanashughulikiwa. Hali ilivyo "
        "{facts.as_of}.\n\nWako\n{agent.name}",
    ),
}  # fmt: skip
PAGE = (
    "<p>Good morning,</p><p>my payment is <b>not credited</b>. The receipt is attached.</p>"
    '<p><img src="https://pictures.example/open.gif" alt=""></p>'
    '<table border="1"><tr><td>Paid</td><td>yes</td></tr></table>'
)


# One letter by language: its title, the name of its file, its lines.
LETTERS = {
    "en": (
        "Confirmation of payment",
        "confirmation-of-payment.docx",
        "Dear {{ customer.name }},",
        "we confirm that {{ payment.amount }} of {{ payment.day }}, code {{ payment.code }}, reached us: "
        "{{ payment.state }}.",
        "As of {{ facts.as_of }}. Case {{ case.code }}.",
        "{{ agent.name }}",
    ),
    "fr": (
        "Attestation de paiement",
        "attestation-de-paiement.docx",
        "Madame, Monsieur {{ customer.name }},",
        "nous attestons que {{ payment.amount }} du {{ payment.day }}, code {{ payment.code }}, nous sont "
        "bien parvenus.",
        "État au {{ facts.as_of }}. Dossier {{ case.code }}.",
        "{{ agent.name }}",
    ),
    "sw": (
        "Uthibitisho wa malipo",
        "uthibitisho-wa-malipo.docx",
        "Ndugu {{ customer.name }},",
        "tunathibitisha kwamba {{ payment.amount }} ya tarehe {{ payment.day }}, msimbo {{ payment.code }}, "
        "imetufikia.",
        "Hali kufikia {{ facts.as_of }}. Kesi {{ case.code }}.",
        "{{ agent.name }}",
    ),
}


def ready_texts(people: Mapping[str, Actor], at: datetime) -> int:
    """The texts and the letter in each language, written by the lead; returns how many texts."""
    lead = people["TL"]
    for title, (category, then, hours, *spoken) in TEXTS.items():
        actions.save_ready_text(
            "", title=title, texts=dict(zip(("en", "fr", "sw"), spoken, strict=True)), category=category,
            then_category=then, then_wait_hours=hours, by=lead, now=at,
        )  # fmt: skip
    for language, (title, filename, *lines) in LETTERS.items():
        letter = BytesIO()
        page = docx.Document()
        page.add_heading(title, level=1)
        for line in lines:
            page.add_paragraph(line)
        page.save(letter)
        letter.seek(0)
        actions.save_letter(title, language, letter, filename=filename, by=lead, now=at)
    _mail_with_files(at)
    return len(TEXTS)


def _mail_with_files(at: datetime) -> None:
    """The newest open case by e-mail gets a mail with HTML and a file."""
    at_work = Case.objects.filter(channel="email", state__in=("new", "triaged", "in_progress"))
    case = at_work.order_by("-pk").first()
    if case is None:
        return
    text = "Good morning,\nmy payment is not credited. The receipt is attached."
    said = actions.receive_message(
        case.pk, channel="email", text=text, full_text=f"{text}\n\n> Sent from my phone",
        html=PAGE, sender=case.contact, external_id="<demo-with-files@mail.example>", by=DEMO,
        now=at - timedelta(minutes=20),
    )  # fmt: skip
    if not Message.objects.filter(pk=said.pk, attachments=None).exists():
        return
    with transaction.atomic():
        document = documents.store(
            BytesIO(b"Transfer of 1 March, code as above. Invented."), filename="receipt.txt",
            by=DEMO, now=at, retention="evidence", market=case.market,
        )  # fmt: skip
        Attachment.objects.create(
            message=said, document_id=document.pk, name=document.file_name, content_type="text/plain",
            size_bytes=document.size_bytes, sha256=document.sha256,
        )  # fmt: skip
