"""Two workers, two starters, an edit in the middle: each step and each clock once, by the newest version."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from django.db import connections, transaction

from paydesk.foundation.clocks import actions, steps
from paydesk.foundation.clocks.actions import escalations
from paydesk.foundation.clocks.models import Clock, Escalation
from paydesk.foundation.clocks.rules import Terms
from paydesk.foundation.clocks.tests.desk import ADMINISTRATOR, HOUR, MONDAY, WORKER, at, kinds_of_tests
from paydesk.foundation.outbox import handlers
from paydesk.foundation.outbox.apps import _fire_escalations


def together(*jobs: Callable[[], object]) -> None:
    """Run these at the same time, each with a connection of its own; what one raises is raised."""
    ready, problems = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], object]) -> None:
        try:
            ready.wait()
            job()
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def start_many(numbers: range) -> None:
    with transaction.atomic():
        steps.start_clocks("answer", "thing", dict.fromkeys(numbers, MONDAY), market="GH", now=MONDAY)


def test_two_at_once(committed_db, monkeypatch):
    monkeypatch.setattr(escalations, "STEPS_AT_ONCE", 40)
    with kinds_of_tests():
        together(lambda: start_many(range(1, 200)), lambda: start_many(range(100, 300)))
        assert Clock.objects.count() == 299, "each thing has one, whoever started it"
        assert set(Clock.objects.values_list("calendar__version", "policy__version")) == {(1, 1)}

        told: list[dict] = []

        def fire() -> None:
            actions.fire_escalations(announce=told.extend, by=WORKER, now=at("2026-03-02 16:30"))

        together(fire, fire)
        each = Counter((row["clock_id"], row["step"]) for row in told)
        assert len(each) == 2 * 299
        assert set(each.values()) == {1}
        assert Escalation.objects.count() == 2 * 299

        together(
            lambda: start_many(range(300, 400)),
            lambda: actions.set_policy(
                "answer", Terms(target_seconds=HOUR), by=ADMINISTRATOR, now=at("2026-03-02 08:30")
            ),
        )
        running = Clock.objects.filter(breached_at__isnull=True)
        assert set(running.values_list("policy__version", "target_seconds")) == {(2, HOUR)}

        put: list[dict] = []
        handlers.on("clock.escalated")(put.append)
        try:
            _fire_escalations(at("2026-03-05 08:00"))
        finally:
            handlers.forget("clock.escalated", put.append)
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args->>'event' = 'clock.escalated'")
            assert cursor.fetchone()[0] == Escalation.objects.count() - 2 * 299 == 299, (
                "told through the outbox"
            )
