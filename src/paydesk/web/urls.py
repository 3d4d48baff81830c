"""The addresses of the screens: one line each."""

from django.urls import include, path

from paydesk.web.callbacks.urls import door_urls
from paydesk.web.health import health
from paydesk.web.quality.urls import csat_urls, exam_urls, knowledge_urls, review_urls, scorecard_urls
from paydesk.web.reconciliation.urls import day_urls, exception_urls
from paydesk.web.waiting.urls import suspense_urls, unapplied_urls

urlpatterns = [
    path("health", health, name="health"),
    path("", include("paydesk.web.public.urls")),
    path("", include((door_urls, "callbacks_door"))),
    path("", include("paydesk.web.home.urls")),
    path("", include("paydesk.web.account.urls")),
    path("doors/", include("paydesk.web.doors.urls")),
    path("mailboxes/", include("paydesk.web.mailboxes.urls")),
    path("mail-left/", include("paydesk.web.mail_left.urls")),
    path("text-messages/", include("paydesk.web.text_messages.urls")),
    path("cases/", include("paydesk.web.cases.urls")),
    path("texts/", include("paydesk.web.ready_texts.urls")),
    path("knowledge/", include(knowledge_urls)),
    path("exams/", include(exam_urls)),
    path("reviews/", include(review_urls)),
    path("figures/", include(scorecard_urls)),
    path("how/", include(csat_urls)),
    path("incidents/", include("paydesk.web.incidents.urls")),
    path("causes/", include("paydesk.web.causes.urls")),
    path("categories/", include("paydesk.web.triage.urls")),
    path("improvements/", include("paydesk.web.improvements.urls")),
    path("payments/by-hand/", include("paydesk.web.hand_receipts.urls")),
    path("payments/", include("paydesk.web.payments.urls")),
    path("pending/", include("paydesk.web.pending.urls")),
    path("refunds/", include("paydesk.web.refunds.urls")),
    path("sides/", include("paydesk.web.sides.urls")),
    path("sellers/", include("paydesk.web.marketplace.urls")),
    path("goodwill/", include("paydesk.web.goodwill.urls")),
    path("reconciliation/", include(day_urls)),
    path("exceptions/", include(exception_urls)),
    path("reversal-requests/", include("paydesk.web.reversal_requests.urls")),
    path("disputes/", include("paydesk.web.disputes.urls")),
    path("callbacks/", include("paydesk.web.callbacks.urls")),
    path("unapplied/", include(unapplied_urls)),
    path("suspense/", include(suspense_urls)),
    path("", include("paydesk.web.find.urls")),
    path("approvals/", include("paydesk.web.approvals.urls")),
    path("account/", include("paydesk.web.account.own_urls")),
    path("accounts/", include("paydesk.web.providers.urls")),
    path("in-doubt/", include("paydesk.web.provider_cash.urls")),
    path("clocks/", include("paydesk.web.clocks.urls")),
    path("contracts/", include("paydesk.web.contracts.urls")),
    path("customers/", include("paydesk.web.customers.urls")),
    path("people/", include("paydesk.web.people.urls")),
    path("reveal/", include("paydesk.web.reveal.urls")),
    path("work/", include("paydesk.web.queues.urls")),
    path("routing/", include("paydesk.web.routing.urls")),
    path("risk/", include("paydesk.web.risk.urls")),
    path("retention/", include("paydesk.web.retention.urls")),
    path("trail/", include("paydesk.web.trail.urls")),
    path("intake/", include("paydesk.web.intake.urls")),
    path("books/", include("paydesk.web.books.urls")),
    path("reconcile/", include("paydesk.web.two_files.urls")),
]
