"""Two other ledgers for Django, timed beside ours: django-hordak (MIT), django-ledger (GPL, never shipped).

Both are an optional extra (`pip install -e '.[peers]'`). Each runs in a process of its own, with settings
and a scratch database of its own: `python -m paydesk.bench.peers URL NAME SECONDS` prints entries per second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec

from paydesk.bench.peer_process import last_line_of

ACCOUNTS = 500  # a side, as in our own measurement
_DJANGO = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
           "django.contrib.messages", "django.contrib.staticfiles"]  # fmt: skip
APPS = {
    "django-hordak": ("hordak", ["mptt", "hordak"]),
    "django-ledger": ("django_ledger", ["django_ledger"]),
}


def installed() -> list[str]:
    """The names of the peers that are here."""
    return [name for name, (package, _) in APPS.items() if find_spec(package)]


def entries_per_second(name: str, url: str, seconds: float) -> float:
    """Entries of two legs that `name` posts in a second, in a new database on the server of `url`."""
    return float(last_line_of("paydesk.bench.peers", name, url, name, str(seconds)))


def _posted_per_second(name: str, url: str, seconds: float) -> float:
    """In the peer's own process: settings, migrations, accounts, then entries until the time is up."""
    from django.conf import settings

    from paydesk.config.database_url import database_from_url

    settings.configure(
        INSTALLED_APPS=[*_DJANGO, *APPS[name][1]],
        DATABASES={"default": database_from_url(url, role=None)},  # its host may be the folder of a socket
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_CURRENCY="EUR",
        HORDAK_INTERNAL_CURRENCY="EUR",
        CURRENCIES=["EUR"],
        SECRET_KEY="none: nobody signs in here",
        STATIC_URL="/static/",
        USE_TZ=True,
        DJANGO_LEDGER_USE_DEPRECATED_BEHAVIOR=False,
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    post = _hordak() if name == "django-hordak" else _django_ledger()
    post(0)  # plans and caches are made once
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < seconds:
        done += 1
        post(done)
    return done / (time.perf_counter() - started)


def _hordak() -> Callable[[int], None]:
    """One transaction of two legs by its own way, Account.transfer_to."""
    from django.db import transaction

    models, money = import_module("hordak.models"), import_module("djmoney.money").Money
    make = models.Account.objects.create
    credit = [make(name=f"c{n}", code=f"{n:05d}", type="LI", currencies=["EUR"]) for n in range(ACCOUNTS)]
    debit = [make(name=f"d{n}", code=f"{n + 50_000}", type="AS", currencies=["EUR"]) for n in range(ACCOUNTS)]

    def post(number: int) -> None:
        with transaction.atomic():
            credit[number % ACCOUNTS].transfer_to(debit[number % ACCOUNTS], money("1.00", "EUR"))

    return post


def _django_ledger() -> Callable[[int], None]:
    """One posted journal entry of two transactions by its own way, LedgerModel.commit_txs."""
    from datetime import UTC, datetime

    from django.contrib.auth import get_user_model

    person = get_user_model().objects.create(username="bench")
    entity_model = import_module("django_ledger.models").EntityModel
    entity = entity_model.create_entity(name="Bench", use_accrual_method=True, admin=person, fy_start_month=1)
    chart = entity.create_chart_of_accounts(coa_name="Bench", commit=True, assign_as_default=True)

    def account(code: str, role: str, balance_type: str) -> object:
        return entity.create_account(
            coa_model=chart, code=code, role=role, name=code, balance_type=balance_type, active=True
        )

    credit = [account(f"2{n:04d}", "lia_cl_other", "credit") for n in range(ACCOUNTS)]
    debit = [account(f"1{n:04d}", "asset_ca_cash", "debit") for n in range(ACCOUNTS)]
    ledger = entity.create_ledger(name="Bench", posted=True)

    def post(number: int) -> None:
        legs = ((debit, "debit"), (credit, "credit"))
        ledger.commit_txs(
            je_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
            je_txs=[
                {
                    "account": side[number % ACCOUNTS],
                    "amount": Decimal("1.00"),
                    "tx_type": kind,
                    "description": "",
                }
                for side, kind in legs
            ],
            je_posted=True,
        )

    return post


if __name__ == "__main__":
    sys.stdout.write(f"{_posted_per_second(sys.argv[2], sys.argv[1], float(sys.argv[3]))}\n")
