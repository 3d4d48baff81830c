"""The reconciliation report of a day, as PDF and XLSX: what stands on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from paydesk.domain.reconciliation import queries
from paydesk.foundation.assignments.queries import assignments_of
from paydesk.web.access import actor_of, needs
from paydesk.web.people_names import names_by_label
from paydesk.web.reconciliation.days import figures, proof_lines
from paydesk.web.reconciliation.settlements import ShownSettlement, settlements_of_day
from paydesk.web.reconciliation.shown import DAY_WORDS, SEE, account_and_day, shown
from paydesk.writers.day_report import (
    DayReport,
    ExceptionLine,
    MatchedLine,
    ProofLine,
    SettlementLine,
    write_pdf,
    write_xlsx,
)

if TYPE_CHECKING:
    from paydesk.domain.reconciliation.models import ReconciliationException

MOST = 2_000
WRITERS = {
    "pdf": ("application/pdf", write_pdf),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
}


@require_safe
@needs(SEE)
@needs("export")
def download(request: HttpRequest, account_id: int, day: str, kind: str) -> HttpResponse:
    """The report of a day as it stands."""
    if kind not in WRITERS:
        raise Http404
    content_type, write = WRITERS[kind]
    report = report_of(request, account_id, day)
    response = HttpResponse(write(report), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{report.file_name}.{kind}"'
    return response


def report_of(request: HttpRequest, account_id: int, day: str) -> DayReport:
    """What the report says; a handful of queries."""
    actor = actor_of(request)
    account, on = account_and_day(actor, account_id, day)
    record = queries.day_of(account, on)
    run = record.run if record else None
    proof = proof_lines(account, on)
    found = list(queries.exceptions(actor, source_account=account, day=on).order_by("id")[:MOST])
    owned = assignments_of("exception", [each.pk for each in found])
    signed = ""
    if record and record.state == "signed" and record.signed_at:
        names = names_by_label([record.asked_by, record.signed_by])
        signed = (
            f"Signed by {names[record.signed_by]} on {record.signed_at:%-d %b %Y}, "
            f"asked for by {names[record.asked_by]}."
        )

    def lines(is_resolved: bool) -> list[ExceptionLine]:
        return [
            _line(each, owned.get(each.pk)) for each in found if (each.state == "resolved") == is_resolved
        ]

    return DayReport(
        account=account.name, provider=account.provider.name, market=account.market,
        currency=account.currency, day=on,
        state=DAY_WORDS[queries.heat(actor, [account], first=on, last=on)[0].state][1],
        signed=signed, made_at=timezone.now(), rules_version=run.rules_version if run else "",
        digest=run.digest if run else "",
        proof=[ProofLine(e.words, e.amount, e.rows, e.is_total) for e in proof["lines"]],
        shown=proof["shown"], drift=proof["drift"],
        matched=[
            MatchedLine(e.words, e.rule, e.groups, e.ours, e.theirs)
            for e in (figures(run, account.currency) if run else [])
        ],
        settlements=[_settlement(each) for each in settlements_of_day(request, account, on, most=MOST)],
        open=lines(False), resolved=lines(True),
    )  # fmt: skip


def _settlement(each: ShownSettlement) -> SettlementLine:
    payout = each.payout
    return SettlementLine(
        each.found.batch_key, each.found.rows, each.found.currency, each.net.amount,
        payout.amount if payout else None, each.arrived, each.state[1], each.paid_from,
    )  # fmt: skip


def _line(found: ReconciliationException, assignment: Any) -> ExceptionLine:
    each = shown(found)
    owner = assignment.owner.name if assignment and assignment.owner else ""
    return ExceptionLine(
        each.code,
        each.words,
        found.why,
        each.amount,
        each.word,
        owner,
        assignment.next_step if assignment else "",
    )
