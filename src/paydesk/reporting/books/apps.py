"""Django's view of this package."""

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "paydesk.reporting.books"
    label = "books"

    def ready(self) -> None:
        from paydesk.foundation.approvals import steps as approvals
        from paydesk.foundation.audit import append_only
        from paydesk.foundation.outbox import housekeeping
        from paydesk.reporting.books.actions import sum_up_postings
        from paydesk.reporting.books.actions.days import KINDS, request_ended

        append_only.declare("books_journal_export")
        append_only.declare("books_journal_copy")
        for kind in KINDS.values():
            approvals.when_closed(kind, request_ended)
        housekeeping.every(60, "sum up postings")(sum_up_postings)
