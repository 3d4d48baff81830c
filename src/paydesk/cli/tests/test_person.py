"""Adding the first administrator from the command line."""

import json
import os
import subprocess
import sys
from urllib.parse import quote

import pytest
from django.conf import settings

from paydesk.cli import main
from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.models import Market, Person

ADD = ["person", "add", "boss@desk.example", "--name", "The Boss", "--role", "AD"]


def database_url(name: str) -> str:
    own = settings.DATABASES["default"]
    password = f":{quote(own['PASSWORD'])}" if own["PASSWORD"] else ""
    return f"postgresql://{quote(own['USER'])}{password}@/{name}?host={quote(own['HOST'])}&port={own['PORT']}"


def test_a_first_administrator_is_added_and_recorded(committed_db, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "paydesk", *ADD, "--role", "TL", "--password-stdin", "--json"],
        input="a long enough secret\n",
        env={**os.environ, "DATABASE_URL": database_url(committed_db), "PAYDESK_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    person = Person.objects.get()
    assert json.loads(done.stdout) == {"id": person.pk, "email": "boss@desk.example", "roles": ["TL", "AD"]}
    assert person.check_password("a long enough secret")
    assert person.works_in_all_markets
    assert AuditRecord.objects.get().actor == "system:command line"


def test_without_a_terminal_the_password_comes_from_standard_input(capsys, monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert main(ADD) == 64
    assert "--password-stdin" in capsys.readouterr().err


@pytest.mark.usefixtures("desk_is_open")
def test_an_administrator_who_is_locked_out_is_let_in_again():
    from django.utils import timezone

    from paydesk.foundation.people.actions import add_authenticator_app, create_person
    from paydesk.foundation.people.queries import factors_of
    from paydesk.foundation.people.rules import totp_code
    from paydesk.kernel.actor import system

    now = timezone.now()
    boss = create_person(
        email="boss@desk.example", name="The Boss", password=None, roles=["AD"], by=system("test"), now=now
    )
    code = totp_code(b"12345678901234567890", int(now.timestamp()) // 30)
    add_authenticator_app(boss.pk, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", code, by=boss.actor(), now=now)
    assert main(["person", "reset", "boss@desk.example", "--reason", "Lost phone"]) == 0
    assert factors_of(boss.pk) == []
    assert AuditRecord.objects.get(verb="person.second_factor_reset").note == "Lost phone"


@pytest.mark.parametrize(
    "words",
    [
        ["person"],
        ["person", "remove", "a@b.c"],
        ["person", "add", "a@b.c"],
        ["market", "add", "GH", "--time-zone", "UTC"],
    ],
)
def test_wrong_use(words, capsys):
    assert main(words) == 64
    assert "--help" in capsys.readouterr().err


@pytest.mark.usefixtures("desk_is_open")
def test_a_market_is_added_once_its_time_zone_set_and_a_wrong_code_refused(capsys):
    about = ("--name", "Ghana", "--currency", "GHS", "--time-zone", "Africa/Lagos")
    added = ["market", "add", "GH", *about]
    assert (main(added), main(added)) == (0, 0)
    capsys.readouterr()
    assert main(["market", "add", "Ghana", *about]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["market", "set", "GH", "--time-zone", "Africa/Accra"]) == 0
    assert capsys.readouterr().out == "Ghana (GH) is a market, in GHS and Africa/Accra.\n"
    found = Market.objects.values_list("code", "currency", "time_zone")
    assert list(found) == [("GH", "GHS", "Africa/Accra")]
