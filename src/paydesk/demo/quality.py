"""What the demo company knows and how it looks at its work: articles, exams, reviews, what customers said.

Everybody passed the exam about refunds; a new one about disputes is due. Words and answers are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from paydesk.demo.markets import MARKETS
from paydesk.domain.cases.actions import mark_sent
from paydesk.domain.cases.models import Case
from paydesk.domain.quality import actions
from paydesk.domain.quality.csat_models import Invitation
from paydesk.domain.quality.models import ArticleVersion
from paydesk.domain.quality.queries import due_exams_of, questions_of
from paydesk.domain.quality.review_models import Review
from paydesk.domain.quality.review_queries import current_items, with_agent
from paydesk.domain.quality.review_rules import Plan
from paydesk.domain.risk import actions as risk
from paydesk.foundation.people.models import Person
from paydesk.kernel.actor import Actor, system

WORKER = system("worker")
ADDRESS = "https://desk.example"  # invented: nothing is sent there
SAID = {
    5: "Quick and clear, thank you.",
    4: "Fine in the end.",
    2: "It took three days and I had to tell everything twice.",
}
REFUNDS = """# When money goes back

- It was **paid twice**, or to the wrong account, and it has not been used.
- The customer asks, and who they are was proved in a **strong** way.

# How

1. Say what it is about, and look whether something was given already.
2. Ask for the refund from the payment. Another person decides that it is due, a third lets it go.
3. Tell the customer the amount and by when: ten business days at the latest.

Money goes back **the way it came**. A relative as payee is the team lead's decision, anybody else risk's.
"""
REFUND_EXAM = """
How many people does it take until a refund goes out?
- one
- two
* three: who asks, who decides that it is due, who lets it go

Whose account does the money go back to?
* the one it came from
- the one the caller names
- any account in the customer's name

When may you tell a caller the amount of a payment?
- when they say their name
* when two different facts were proved, or a strong way
- when they call from the number on file
"""
DISPUTES = """# A payment is contested

The card network or the bank asks for proof by a day that never moves. Our own clock ends two business days
before.

- Do **not** refund what is contested: it would be paid twice.
- Evidence is sent once and complete: order, delivery, what was said, the terms as they stood.
- A dispute that was won may come back. Keep the evidence.
"""
DISPUTE_EXAM = """
A customer contests a payment and asks you for a refund as well. What now?
- refund it, so that they are content
* no refund while the dispute is open
- half of it

Which belong to the evidence?
* what was said with the customer
* proof of delivery
- the agent's guess about their intentions
"""
LATE = """# The payment is not there yet

Mobile money is usually here within a minute. If it is not:

1. Ask for the **transaction code** from the message on their phone.
2. No code, no payment: the provider has nothing for us yet.
3. With a code the desk finds it, also when the account number was wrong.
"""
LATE_FR = """# Le paiement n'est pas encore arrivé

1. Demandez le **code de transaction** du message reçu sur le téléphone.
2. Sans code, il n'y a pas de paiement : l'opérateur n'a encore rien pour nous.
3. Avec le code, nous le retrouvons, même si le numéro de compte était faux.
"""
LATE_SW = """# Malipo bado hayajafika

1. Omba **namba ya muamala** kutoka kwenye ujumbe wa simu.
2. Bila namba, hakuna malipo: mtoa huduma bado hana kitu kwa ajili yetu.
3. Ukiwa na namba tunayapata, hata kama namba ya akaunti ilikosewa.
"""
# (decision, why it was handed on, why it was decided so)
HANDED_ON = (
    ("confirmed", "The number that paid belongs to somebody else, who knows nothing of it.",
     "The operator confirms that the wallet was taken over on the day before."),
    ("not_confirmed", "They ask for the money on another number than the one that paid.",
     "Both numbers are registered to the same person at the operator."),
    ("settled", "They say that somebody of the shop typed in the code for them.",
     "The shop gave the money back; the customer has it and is content."),
)  # fmt: skip
SCRIPT = """1. Greet, say who you are, ask what happened. **Do not name an amount.**
2. Verify: two different facts. A name with a number on file is not enough.
3. Find the payment. Say what you see, and as of when.
4. Say what happens next, who does it and by when. Log it as a promise.
"""


def quality_by_morning(people: Mapping[str, Actor], at: datetime) -> None:
    """Articles with two exams, some reviews in every state, what some customers answered."""
    _knowledge(people, at)
    _everybody_passes(at - timedelta(days=9))
    _exam(people, "disputes", "Disputes", DISPUTES, DISPUTE_EXAM, ["disputes.answer"], at - timedelta(days=1))
    _reviews(people, at)
    _escalations(people, at)
    _customers(at)


def _knowledge(people: Mapping[str, Actor], at: datetime) -> None:
    writer, lead = people["QA"], people["TL"]
    then = at - timedelta(days=10)
    _exam(people, "refunds", "Refunds", REFUNDS, REFUND_EXAM, ["refunds.entitle", "payouts.release"], then)
    for kind, topic, language, title, text in (
        ("explainer", "late-payment", "en", "A payment that is not there yet", LATE),
        ("explainer", "late-payment", "fr", "Un paiement qui n'est pas arrivé", LATE_FR),
        ("explainer", "late-payment", "sw", "Malipo ambayo hayajafika", LATE_SW),
        ("script", "missing-payment-call", "en", "Call about a missing payment", SCRIPT),
    ):
        draft = actions.begin_article(
            kind=kind, topic=topic, language=language, title=title, text=text, by=writer, now=then
        )
        actions.publish(draft.article_id, number=1, by=lead, now=then)
    later = actions.begin_article(
        kind="policy", topic="goodwill", title="Goodwill", text="Up to the limit alone, above it by two.",
        by=people["SU"], now=at,
    )  # fmt: skip
    assert later.state == "draft", "one waits for a second person"


def _exam(
    people: Mapping[str, Actor], topic: str, title: str, text: str, questions: str, governs: list[str],
    at: datetime,
) -> ArticleVersion:  # fmt: skip
    draft = actions.begin_article(kind="policy", topic=topic, title=title, text=text, by=people["QA"], now=at)
    actions.write_exam(draft.article_id, text=questions, by=people["QA"], now=at)
    live = actions.publish(draft.article_id, number=1, by=people["RK"], now=at)
    actions.set_governed(draft.article_id, rows=governs, by=people["AD"], now=at)
    return live


def _everybody_passes(at: datetime) -> None:
    exams = {version.exam.pk: version.exam for version in ArticleVersion.objects.exclude(exam=None)}
    for n, person in enumerate(Person.objects.filter(is_active=True).order_by("pk")):
        for due in due_exams_of(person, at):
            answers = [question.right for question in questions_of(exams[due.exam_id])]
            if n % 4 == 1:  # not everybody at once
                actions.take_exam(due.exam_id, answers=[{0}, *answers[1:]], by=person.actor(), now=at)
            actions.take_exam(due.exam_id, answers=answers, by=person.actor(), now=at + timedelta(hours=n))


def _reviews(people: Mapping[str, Actor], at: datetime) -> None:
    reviewer, lead, agent = people["QA"], people["TL"], people["SU"]
    actions.set_plan(Plan(60, {"GHS": 500_00, "KES": 20_000_00}, ["fraud.unauthorised"]), by=reviewer, now=at)
    actions.sample(by=WORKER, now=at)
    worked = with_agent(Case.objects.filter(reviews=None)).filter(agent=agent.label).order_by("pk")
    for case in worked[:4]:
        actions.ask_review(case.pk, by=reviewer, now=at)
    marks = {item.code: "yes" for item in current_items()}
    waiting = list(Review.objects.exclude(agent_id=reviewer.id).order_by("pk")[:6])
    for n, review in enumerate(waiting[:-1]):
        said, coaching = dict(marks), ""
        if n == 1:
            said["answer"], said["tone"] = "partly", "partly"
            coaching = "Say by when: “we look into it” leaves them waiting."
        if n == 2:
            said["identity"] = "no"
            coaching = "The balance was told before a second fact was proved. Verify first, every time."
        actions.score(
            review.pk, marks=said, followed="no" if n == 2 else "yes", coaching=coaching, by=reviewer, now=at
        )
        if n == 2 and review.agent_id == agent.id:
            actions.answer_review(
                review.pk, kind="appeal", text="They had proved it in the call before.", by=agent, now=at
            )
    if len(waiting) > 1 and waiting[0].agent_id not in (reviewer.id, lead.id):
        actions.calibrate(
            waiting[0].case_id, reviewer_ids=[number for number in (reviewer.id, lead.id) if number], by=lead,
            now=at,
        )  # fmt: skip
        for by, tone in ((reviewer, "yes"), (lead, "partly")):
            half = Review.objects.get(case_id=waiting[0].case_id, reviewer_id=by.id, reason="calibration")
            actions.score(half.pk, marks={**marks, "tone": tone}, followed="yes", by=by, now=at)


def _escalations(people: Mapping[str, Actor], at: datetime) -> None:
    """What was handed to risk over the last weeks and is decided: a part is looked at, one of it done."""
    support, officer, reviewer = people["SU"], people["RK"], people["QA"]
    over = Case.objects.filter(state="closed", opened_at__lt=at - timedelta(days=4), market=MARKETS[0].code)
    for case, (decision, why, because) in zip(over.order_by("opened_at", "pk"), HANDED_ON, strict=False):
        assert officer.id is not None
        raised = case.opened_at + timedelta(hours=2)
        made = risk.escalate(
            ("case", case.pk), market=case.market, kind="risk", severity="high", reason=why,
            owner_id=officer.id, by=support, now=raised,
        )  # fmt: skip
        risk.acknowledge(made.pk, by=officer, now=raised + timedelta(hours=3))
        risk.decide(made.pk, decision=decision, note=because, by=officer, now=raised + timedelta(hours=20))
        if decision == "settled":  # this month's, which is not drawn yet
            actions.ask_review_of(("escalation", made.pk), by=reviewer, now=at)
    actions.sample_escalated(by=WORKER, now=at)
    first = Review.objects.exclude(escalated_kind="").order_by("worked_at", "pk").first()
    if first is not None:
        marks = {item.code: "yes" for item in current_items("escalation")} | {"complete": "partly"}
        actions.score(
            first.pk, marks=marks, followed="yes", by=reviewer, now=at,
            coaching="Right, and in time. Ask for the operator's message before you hand it on.",
        )  # fmt: skip


def _customers(at: datetime) -> None:
    actions.invite(address=ADDRESS, by=WORKER, now=at)
    for n, asked in enumerate(Invitation.objects.filter(why_not="").select_related("message").order_by("pk")):
        if asked.message is not None:
            mark_sent(asked.message.pk, external_id=f"<csat-{asked.pk}@desk.example>", by=WORKER, now=at)
        if n % 4 != 3:
            actions.record_answer(
                asked.pk, score=(score := (5, 4, 2)[n % 3]), comment="" if n % 2 else SAID[score],
                by=WORKER, now=at + timedelta(minutes=n),
            )  # fmt: skip
