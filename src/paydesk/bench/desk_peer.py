"""The ticket list and page of django-helpdesk (BSD-3-Clause) with as many tickets, timed beside our own.

An optional extra (`pip install -e '.[helpdesk]'`). It runs in a process of its own, with settings and a
scratch database of its own: `python -m paydesk.bench.desk_peer URL TICKETS ASKED` prints milliseconds. Both
are asked by one person through Django's own client, so neither waits for a web server.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from urllib.parse import urlencode

from paydesk.bench.peer_process import last_line_of
from paydesk.bench.results import Bench, Result, p95

ASKED, QUICK_ASKED = 60, 5
_DJANGO = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
           "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites",
           "django.contrib.admin", "django.contrib.humanize"]  # fmt: skip
_MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware",
               "django.middleware.common.CommonMiddleware",
               "django.contrib.auth.middleware.AuthenticationMiddleware",
               "django.contrib.messages.middleware.MessageMiddleware"]  # fmt: skip
urlpatterns: list[object] = []
Times = dict[str, list[float]]


def beside(bench: Bench, url: str, ours: Callable[[int], Times], tickets: int) -> Iterator[Result]:
    """Our list and case page against theirs, medians and 95th percentiles; a line that says so without it."""
    if not find_spec("helpdesk"):
        bench.say("django-helpdesk is not here (pip install -e '.[helpdesk]'): it is not measured.")
        return
    asked = QUICK_ASKED if bench.quick else ASKED
    bench.say(f"django-helpdesk with {tickets:,} tickets ...")
    theirs = _theirs(url, tickets, asked)
    for what, times in ours(asked).items():
        for name, of in (("p50", statistics.median), ("p95", p95)):
            yield Result.against(
                f"peer: {what}, one person, {name}, beside django-helpdesk", of(times), "ms", of(theirs[what])
            )


def timed(ask: Callable[[int], object], asked: int) -> list[float]:
    """Milliseconds of each of `asked` answers, after three that make plans and load code."""
    found = []
    for number in range(asked + 3):
        started = time.perf_counter()
        ask(number)
        found.append((time.perf_counter() - started) * 1000)
    return found[3:]


def _theirs(url: str, tickets: int, asked: int) -> Times:
    said = last_line_of("paydesk.bench.desk_peer", "django-helpdesk", url, str(tickets), str(asked))
    found: Times = json.loads(said)
    return found


def _measured(url: str, tickets: int, asked: int) -> Times:
    """In the peer's own process: settings, migrations, tickets, then the list and tickets, asked in turn."""
    from django.conf import settings

    from paydesk.config.database_url import database_from_url

    settings.configure(
        INSTALLED_APPS=[*_DJANGO, "rest_framework", "helpdesk"],
        MIDDLEWARE=_MIDDLEWARE,
        DATABASES={"default": database_from_url(url, role=None)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SECRET_KEY="none: nobody signs in here",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="paydesk.bench.desk_peer",
        SITE_ID=1,
        STATIC_URL="/static/",
        USE_TZ=True,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return _asked(tickets, asked)


def _asked(tickets: int, asked: int) -> Times:
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.urls import include, path

    # The module of the URLs is imported under its own name, and run as the main one.
    import_module("paydesk.bench.desk_peer").urlpatterns.append(
        path("", include("helpdesk.urls", namespace="helpdesk"))
    )
    queue = import_module("helpdesk.models").Queue.objects.create(title="Payments", slug="payments")
    person = get_user_model().objects.create(username="bench", is_staff=True, is_superuser=True)
    with connection.cursor() as cursor:
        cursor.execute(_TICKETS, {"queue": queue.pk, "person": person.pk, "tickets": tickets})
        cursor.execute(_FOLLOW_UPS)
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(person)
    query = import_module("helpdesk.query").query_to_base64(
        {"filtering": {"status__in": [1, 2]}, "filtering_null": {}, "sorting": "created",
         "sortreverse": False, "search_string": ""}
    )  # fmt: skip
    asked_for = urlencode(
        {"draw": 1, "start": 0, "length": 25, "search[value]": "", "order[0][column]": 0,
         "order[0][dir]": "desc"}
    )  # fmt: skip

    def rows(number: int) -> object:
        page = client.get("/tickets/")
        found = client.get(f"/datatables_ticket_list/{query}?{asked_for}")
        assert page.status_code == found.status_code == 200, (page.status_code, found.status_code)
        return found

    def ticket(number: int) -> object:
        page = client.get(f"/tickets/{1 + number * 20}/")
        assert page.status_code == 200, page.status_code
        return page

    return {"list": timed(rows, asked), "case page": timed(ticket, asked)}


_TICKETS = """
    INSERT INTO helpdesk_ticket (title, queue_id, created, modified, submitter_email, assigned_to_id, status,
        on_hold, description, resolution, priority, secret_key)
    SELECT 'I paid and the device is locked (' || n || ')', %(queue)s,
           now() - n * interval '5 minutes', now(), 'c' || n || '@customer.example', %(person)s,
           CASE WHEN n %% 20 = 0 THEN 1 ELSE 4 END, false,
           repeat('I sent the money on Monday and it is still not there, please look. ', 4), '', 3, n::text
    FROM generate_series(1, %(tickets)s::bigint) n
"""
_FOLLOW_UPS = """
    INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id)
    SELECT id, created + d, 'Comment', repeat('We have found your payment. ', 8), true, assigned_to_id
    FROM helpdesk_ticket, (VALUES (interval '1 hour'), (interval '2 hours')) d(d)
"""

if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
