"""The desk's benchmark at a small size: agents are answered, mail gets into cases."""

from __future__ import annotations

from paydesk.bench.desk import _results
from paydesk.bench.desk_mail import _mail
from paydesk.bench.desk_peer import timed


def test_answers_of_agents_become_figures_and_what_failed_is_counted():
    listed = {"act": "list", "status": 200, "whole_ms": 20.0, "cpu_ms": 5.0, "statements": 12}
    samples = [listed | {"server_ms": 10.0 + n} for n in range(20)]
    samples.append({"act": "reply", "status": 500, "whole_ms": 1.0, "server_ms": 1.0, "cpu_ms": 1.0})
    found = {each.what: each for each in _results("agents", samples, 10, has_bar=True)}
    assert (found["agents: answers that failed"].value, found["agents: answers that failed"].holds) == (
        1,
        False,
    )
    assert found["agents: answers"].value == 2.1
    assert found["agents: list, in the server, p50"].value == 19.5
    assert found["agents: list, in the server, p95"].holds
    assert found["agents: list, statements, most"].value == 12
    assert not any("reply" in what for what in found)
    assert all(
        each.goal is None
        for each in _results("a rush", samples[:20], 10, has_bar=False)
        if "p95" in each.what
    )


def test_a_third_of_the_mails_answer_the_one_before():
    first, answer = _mail(1), _mail(2)
    assert answer["In-Reply-To"] == first["Message-ID"]
    assert answer["From"] == first["From"]


def test_what_is_asked_first_makes_plans_and_is_not_counted():
    asked: list[int] = []
    assert len(timed(asked.append, 4)) == 4
    assert asked == list(range(7))
