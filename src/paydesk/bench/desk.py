"""The desk under work: agents over HTTP on a hundred thousand cases, and mail through the whole pipeline.

The desk is the real one: its web processes as `up` starts them, on a scratch database. What an answer takes
is measured in the server (its `Server-Timing` head) and by whoever asked, who works on the same machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from paydesk.bench import desk_company, desk_mail, desk_peer
from paydesk.bench.results import Bench, Result, p95
from paydesk.bench.scratch import quiet_start
from paydesk.config import environment, processes
from paydesk.config.garbage import look_seldom
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import code
from paydesk.foundation.people.models import Person
from paydesk.kernel.refused import Refused

CASES, AGENTS, SECONDS = 100_000, 100, 60
# Seconds between two acts of an agent. Of twenty acts three are answers: at the usual pace 27 of them an
# hour, all day; in a rush, as when a provider is down, 68.
PACES = {"agents": 20.0, "agents in a rush": 8.0}
QUICK_CASES, QUICK_AGENTS, QUICK_SECONDS = 2_000, 8, 5
BAR_MS = 150
WARM_UP_SECONDS = 8
GOOD = (200, 204, 302, 409)
PATIENCE_SECONDS = 60


def measure(bench: Bench, url: str) -> Iterator[Result]:
    """p50 and p95 of every kind of answer with M agents at work, statements of each, mails a second."""
    agents = bench.agents or (QUICK_AGENTS if bench.quick else AGENTS)
    cases = bench.cases or (QUICK_CASES if bench.quick else CASES)
    people = desk_company.fill(bench, url, cases=cases, agents=agents)
    look_seldom()  # as the web server and the worker do
    if bench.wants("agents"):
        quiet_start(bench, url)
        yield from _agents(bench, people)
    if bench.wants("mail"):
        quiet_start(bench, url)
        yield desk_mail.mails_a_second(bench)
    if bench.wants("peer"):
        yield from desk_peer.beside(bench, url, lambda asked: _alone(people[0], asked), cases)


def _agents(bench: Bench, people: list[Person]) -> Iterator[Result]:
    """At the usual pace, for which the bar is, and in a rush."""
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    opened = Case.objects.filter(state__in=("new", "in_progress"), channel="email").order_by("pk")[:5_000]
    names = [f"Customer {number}" for number in range(1, 200)]
    with _web() as port:
        plan: dict[str, Any] = {
            "host": "127.0.0.1", "port": port, "token": secrets.token_hex(16), "seconds": seconds,
            "sessions": [_session(person) for person in people], "cases": [code(case) for case in opened],
            "searches": names + [f"1{number:08d}" for number in range(1, 200)],
        }  # fmt: skip
        # Pages are drawn a first time, as after a night: by now the desk has been up for a while.
        _work(plan | {"think_seconds": 4.0, "seconds": min(seconds, WARM_UP_SECONDS)})
        for who, think_seconds in PACES.items():
            plan["think_seconds"] = 1.0 if bench.quick else think_seconds
            bench.say(f"{len(people)} {who}: {seconds} s, an act every {plan['think_seconds']} s each ...")
            yield from _results(who, _work(plan), seconds, has_bar=who == "agents")


@contextlib.contextmanager
def _web() -> Iterator[int]:
    """The web processes of the desk on a free port, until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    told = environment.told(environment.home(), os.environ["DATABASE_URL"])
    os.environ |= told | {"PAYDESK_SERVER_TIMING": "1"}
    with tempfile.TemporaryDirectory() as log:
        web = processes.web(Path(log), "127.0.0.1", port)
        web.start()
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while processes.answers("127.0.0.1", port) is None:
                if time.monotonic() > until:
                    raise Refused(f"The web process did not answer: {web.last_words()}.")
                time.sleep(0.1)
            yield port
        finally:
            web.ask_to_stop()
            web.wait_for_end(seconds=10)


def _session(person: Person) -> str:
    """The key of a session in which this person is signed in."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def _work(plan: dict[str, Any]) -> list[dict[str, Any]]:
    plan["start"] = time.time() + 2
    done = subprocess.run(
        [sys.executable, "-m", "paydesk.bench.desk_agents"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=False,
        timeout=plan["seconds"] * 3 + 120,
    )
    if done.returncode:
        raise Refused(f"The agents broke down: {done.stderr.strip().splitlines()[-1]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _alone(person: Person, asked: int) -> desk_peer.Times:
    """Milliseconds of the inbox and of a case beside it for one person, through Django's own client."""
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies[settings.SESSION_COOKIE_NAME] = _session(person)
    found = Case.objects.filter(state__in=("new", "in_progress")).order_by("pk")[:200]
    opened = [code(case) for case in found]

    def page(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, answer.status_code

    return {
        "list": desk_peer.timed(lambda _: page("/cases/?view=team"), asked),
        "case page": desk_peer.timed(
            lambda number: page(f"/cases/?view=team&open={opened[number % len(opened)]}"), asked
        ),
    }


def _results(who: str, samples: list[dict[str, Any]], seconds: float, *, has_bar: bool) -> Iterator[Result]:
    """One line a kind of answer; 409 is an answer that came too late, which is what the desk should say."""
    good = [each for each in samples if each["status"] in GOOD]
    failed = Counter(f"{each['act']} {each['status']}" for each in samples if each["status"] not in GOOD)
    refused = sum(failed.values())
    yield Result(f"{who}: answers", round(len(samples) / seconds, 1), "a second")
    which = ", ".join(f"{count} x {answer}" for answer, count in failed.most_common())
    yield Result(f"{who}: answers that failed", refused, which, goal="0", holds=refused == 0)
    for act in ("list", "case page", "search", "reply", "note", "live refresh"):
        of_act = [each for each in good if each["act"] == act]
        if len(of_act) < 2:
            continue
        server = [each["server_ms"] for each in of_act]
        whole = [each["whole_ms"] for each in of_act]
        statements = [each["statements"] for each in of_act]
        yield Result(f"{who}: {act}, in the server, p50", round(statistics.median(server), 1), "ms")
        slow = p95(server)
        yield Result(
            f"{who}: {act}, in the server, p95",
            round(slow, 1),
            "ms",
            goal=f"<= {BAR_MS} ms" if has_bar else None,
            holds=slow <= BAR_MS if has_bar else None,
        )
        yield Result(f"{who}: {act}, for the agent, p95", round(p95(whole), 1), "ms")
        cpu = statistics.median(each["cpu_ms"] for each in of_act)
        yield Result(f"{who}: {act}, processor time of the web process, p50", round(cpu, 1), "ms")
        yield Result(f"{who}: {act}, statements, most", max(statements), "")
