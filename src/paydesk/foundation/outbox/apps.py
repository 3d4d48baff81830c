"""Messages and jobs, stored with the change and delivered after commit."""

from datetime import datetime
from functools import partial

from django.apps import AppConfig

from paydesk.kernel.actor import system

WORKER = system("worker")


class OutboxConfig(AppConfig):
    name = "paydesk.foundation.outbox"
    label = "outbox"
    verbose_name = "Outbox and jobs"

    def ready(self) -> None:
        from paydesk.foundation.approvals.actions import expire_undecided
        from paydesk.foundation.audit.actions import seal
        from paydesk.foundation.clocks.actions import extend_calendars, follow_delivered_policies
        from paydesk.foundation.documents.actions import remove_leftovers
        from paydesk.foundation.outbox import actions, housekeeping

        # The packages below know nothing of the worker, so their chores are named here.
        housekeeping.every(1, "seal the audit trail")(seal)
        housekeeping.every(3, "retry jobs of dead workers")(actions.retry_jobs_of_dead_workers)
        housekeeping.every(3600, "delete finished jobs")(actions.delete_finished_jobs)
        housekeeping.every(3600, "remove leftovers of uploads")(remove_leftovers)
        housekeeping.every(60, "end approvals nobody decided on")(expire_undecided)
        housekeeping.every(3600, "forget ended sessions")(_forget_ended_sessions)
        housekeeping.every(30, "fire escalations")(_fire_escalations)
        housekeeping.every(86_400, "extend calendars")(lambda now: extend_calendars(by=WORKER, now=now))
        housekeeping.every(86_400, "follow policies")(
            lambda now: follow_delivered_policies(by=WORKER, now=now)
        )


def _fire_escalations(now: datetime) -> int:
    from paydesk.foundation.clocks.actions import fire_escalations
    from paydesk.foundation.outbox.steps import put_many

    return fire_escalations(announce=partial(put_many, "clock.escalated"), by=WORKER, now=now)


def _forget_ended_sessions(now: datetime) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.filter(expire_date__lt=now).delete()
