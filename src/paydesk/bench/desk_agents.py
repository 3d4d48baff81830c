"""Agents at work over HTTP, in a process of their own: each opens the inbox, reads cases, searches, answers.

Told on standard input as JSON what to do, says on standard output how long each answer took. Plain sockets
and threads, so that the agents take little of the machine; between two acts an agent thinks.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

# How often an agent does what, of a hundred acts.
ACTS = {"list": 20, "case": 45, "search": 10, "note": 10, "reply": 15}
NEWS_SECONDS = 10  # an open case asks so often whether it went on, as the page does
_TIMING = re.compile(r'app;dur=([\d.]+), cpu;dur=([\d.]+), db;dur=([\d.]+);desc="(\d+)"')


@dataclass
class Sample:
    """One answer: what was asked for, status, milliseconds until it was there, in the server, of processor
    time in the web process, statements."""

    act: str
    status: int
    whole_ms: float
    server_ms: float
    cpu_ms: float
    statements: int


@dataclass
class Agent:
    """One person with a signed-in session."""

    plan: dict[str, Any]
    number: int
    samples: list[Sample] = field(default_factory=list)

    def work(self) -> None:
        dice = random.Random(self.number)
        self.http = http.client.HTTPConnection(self.plan["host"], self.plan["port"], timeout=60)
        self.session = self.plan["sessions"][self.number]
        end = self.plan["start"] + self.plan["seconds"]
        at = self.plan["start"] + dice.uniform(0, self.plan["think_seconds"])
        news_at, opened, version = at, "", "0-"
        while at < end:
            time.sleep(max(0.0, at - time.time()))
            if opened and news_at <= at:
                self.ask("live refresh", f"/cases/{opened}/news?v={version}", target="case-news")
                news_at = at + NEWS_SECONDS
            act = dice.choices(list(ACTS), list(ACTS.values()))[0]
            if act in ("note", "reply") and not opened:
                act = "case"
            if act == "list":
                self.ask("list", "/cases/?view=team", target="cases-list")
            elif act == "search":
                self.ask("search", "/find?" + urlencode({"q": dice.choice(self.plan["searches"])}))
            elif act == "case":
                opened = dice.choice(self.plan["cases"])
                page = self.ask("case page", f"/cases/?view=team&open={opened}", target="detail")
                found = re.search(r'name="version" value="(\d+)"', page)
                version = f"{found[1]}-" if found else "0-"
            else:
                self.say(act, opened, version.rstrip("-"), dice)
            at = max(time.time(), at) + dice.expovariate(1 / self.plan["think_seconds"])
        self.http.close()

    def say(self, act: str, opened: str, version: str, dice: random.Random) -> None:
        words = {
            "csrfmiddlewaretoken": self.plan["token"], "version": version, "sent_key": uuid4().hex,
            "text": f"We have found your payment and will write again by tomorrow. {dice.random()}",
            "as": "note" if act == "note" else "answer",
        }  # fmt: skip
        self.ask(act, f"/cases/{opened}/say", body=urlencode(words))

    def ask(self, act: str, path: str, *, target: str = "", body: str | None = None) -> str:
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={self.plan['token']}",
            "HX-Request": "true",
        }
        if target:
            headers["HX-Target"] = target
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.plan["token"],
            }  # fmt: skip
        started = time.perf_counter()
        try:
            try:
                answer = self.sent(path, body, headers)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.http.close()  # the server had let the idle connection go; a browser asks again as well
                answer = self.sent(path, body, headers)
            page = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self.http.close()
            self.samples.append(Sample(act, 0, (time.perf_counter() - started) * 1000, 0, 0, 0))
            return ""
        whole = (time.perf_counter() - started) * 1000
        timing = _TIMING.search(answer.headers.get("Server-Timing", ""))
        server, cpu, statements = (
            (float(timing[1]), float(timing[2]), int(timing[4])) if timing else (0.0, 0.0, 0)
        )
        self.samples.append(Sample(act, answer.status, whole, server, cpu, statements))
        return page

    def sent(self, path: str, body: str | None, headers: dict[str, str]) -> http.client.HTTPResponse:
        self.http.request("GET" if body is None else "POST", path, body, headers)
        return self.http.getresponse()


def main() -> None:
    plan = json.load(sys.stdin)
    agents = [Agent(plan, number) for number in range(len(plan["sessions"]))]
    threads = [threading.Thread(target=agent.work) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    json.dump([vars(sample) for agent in agents for sample in agent.samples], sys.stdout)


if __name__ == "__main__":
    main()
