"""Every address with every role, from the rights table: who lacks the right gets 403, who has it does not.

A view says which rights it needs with `needs`, or with `declares("")` that it needs none (what it shows is
public, or one's own). One that says neither fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.template import Template
from django.test import Client, TestCase, override_settings
from django.urls import URLPattern, get_resolver, reverse

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import RIGHTS, ROLES, rights_of, roles_with
from paydesk.kernel.public_codes import code_of
from paydesk.web.access import declares, needs
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive, row
from tests.one_of_each import one_of_each

View = Callable[..., HttpResponseBase]
# What a route's argument is called, and where: tried from the top, the first whose beginning fits.
CODES = {
    "customers/": "customer", "contracts/load/": "nothing", "books/statement/": "contract",
    "contracts/": "contract", "intake/": "file", "reveal/": "customer", "refunds/files/": "payout_file",
    "goodwill/give/": "troubled", "sides/ask/": "troubled", "sides/": "side", "goodwill/": "goodwill",
    "sellers/withdrawals/": "withdrawal", "sellers/": "seller",
    "refunds/": "refund", "reversal-requests/": "reversal_request", "approvals/": "approval",
    "cases/": "case", "incidents/": "incident", "improvements/": "improvement", "categories/": "case",
    "risk/escalate/": "risk_case", "risk/evidence/": "risk_case", "risk/": "escalation",
    "retention/redact/": "risk_case", "retention/": "customer",
    "in-doubt/": "reversal_row", "clocks/": "clock", "work/": "payment", "knowledge/cite/": "case",
    "knowledge/": "article", "reviews/": "review",
}  # fmt: skip
PLAIN = {
    "day": "2026-03-02", "kind": "csv", "form": "pdf", "secret": "nobody-knows-it", "channel": "c2b",
    "key_id": 1, "item_id": 1, "contract_id": 1,
    "decision": "approve", "tab": "inbox", "payment": "PAY-0000000",
}  # fmt: skip
# The word a route wants for an argument, where it is not the same everywhere.
WORDS = {
    ("reveal/", "kind"): "customer", ("books/aged/", "kind"): "receivable", ("books/aged/", "form"): "csv",
    ("books/journal/", "form"): "csv", ("clocks/calendars/", "name"): "GH",
    ("work/views/", "place"): "suspense",
    ("clocks/policies/", "name"): "identification", ("clocks/policies/", "place"): "GH",
    ("refunds/<str:code>/<str:deed>", "deed"): "cancel",
    ("reversal-requests/<str:code>/<str:deed>", "deed"): "accept", ("knowledge/", "deed"): "edit",
    ("cases/together/", "deed"): "sort", ("cases/", "deed"): "wait", ("texts/", "key"): "where-it-is",
    ("reviews/<str:public_code>/mark/", "deed"): "score", ("reviews/<str:public_code>/act/", "deed"): "drop",
    ("figures/", "figure"): "fcr", ("risk/<str:code>/act/", "deed"): "acknowledge",
    ("retention/wishes/", "answer"): "refuse", ("retention/redactions/", "answer"): "refuse",
    ("incidents/", "case_code"): "CAS-0000000", ("incidents/", "deed"): "adopt",
    ("improvements/", "deed"): "accept", ("categories/group/", "group_code"): "paying",
    ("categories/edit/", "category"): "paying.twice",
}  # fmt: skip
NUMBERED = {"books/account/": 1010, "books/tie-out/": 1010}
# One's own, and looking closer with a reason: all that an auditor's button may leave in the trail.
OF_AN_AUDITOR = {"person.preferences_set", "person.signed_out_everywhere", "customer.revealed"}


def addresses() -> Iterator[tuple[str, str, URLPattern]]:
    """Every route with the name `reverse` takes."""

    def below(resolver: Any, route: str, space: str) -> Iterator[tuple[str, str, URLPattern]]:
        for each in resolver.url_patterns:
            here = route + str(each.pattern)
            if isinstance(each, URLPattern):
                yield here, space + str(each.name), each
            else:
                yield from below(each, here, f"{space}{each.namespace}:" if each.namespace else space)

    return below(get_resolver(), "", "")


def needed(view: View) -> tuple[str, ...]:
    rights: tuple[str, ...] = view.rights  # type: ignore[attr-defined]
    return rights


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever is done inside is not done, here and in the browser; verbs open their durable transactions."""
    cookies = client.cookies.output()
    with transaction.atomic():
        transaction.get_connection().atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))


@contextmanager
def unwritten() -> Iterator[None]:
    """Pages stay empty: whether somebody may see one was decided before its template is filled in."""
    with patch.object(Template, "_render", lambda template, context: ""):
        yield


def test_every_address_says_which_right_it_needs():
    silent = [route for route, _, each in addresses() if not hasattr(each.callback, "rights")]
    assert not silent, f'Put @needs("…") or @declares("") on the views of these addresses: {silent}'


def test_every_right_that_is_asked_for_stands_in_the_table():
    held = {right for role in ROLES for right in rights_of([role])}
    asked = {right for _, _, each in addresses() for right in getattr(each.callback, "rights", ())}
    assert asked <= held, f"No role has these: {asked - held}; the table has {RIGHTS}"


def test_rights_of_decorators_add_up():
    both = needs("payments:view")(needs("export")(lambda request: None))  # type: ignore[arg-type, return-value]
    assert needed(both) == ("payments:view", "export")
    assert needed(declares("")(lambda request: None)) == ()  # type: ignore[arg-type, return-value]


@pytest.mark.usefixtures("_documents_in_a_folder_of_the_test")
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
class EveryAddressWithEveryRole(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            role: make_person(f"{role} Person", role, email=f"{role}@desk.example".lower()) for role in ROLES
        }
        contract = make_contract(account_number="10482937", phones=("0244123456",), deposit_minor=0)
        account = make_source_account(provider="hubtel")
        (payment,) = receive(account, row(1, "60.00", reference="10482937"))
        codes, ids = one_of_each(cls.people, account, payment)
        cls.codes = codes | {
            "customer": code_of("CUS", contract.customer_id),
            "contract": code_of("CON", contract.pk),
            "file": code_of("FIL", payment.statement_line.file_id),
            "nothing": "DOC-0000000",
        }
        cls.ids = ids | {"payment_id": payment.pk, "person_id": cls.people["SU"].pk}

    def setUp(self) -> None:
        self.clients: dict[str, Client] = {}
        self.only_sent: set[str] = set()
        for role, person in self.people.items():
            self.clients[role] = Client()
            self.clients[role].force_login(person)

    def path(self, route: str, name: str, each: URLPattern) -> str:
        return reverse(name, kwargs={key: self._value(route, key) for key in each.pattern.converters})

    def _value(self, route: str, key: str) -> Any:
        word = next((w for (start, name), w in WORDS.items() if name == key and route.startswith(start)), "")
        if word:
            return word
        if key == "refund":
            return self.codes["refund"]
        if key in PLAIN:
            return PLAIN[key]
        if key in self.ids:
            return self.ids[key]
        if key.endswith("_id"):
            return 1
        beginning = next((start for start in CODES if route.startswith(start)), "")
        if beginning:
            return self.codes[CODES[beginning]]
        return next((number for start, number in NUMBERED.items() if route.startswith(start)), 1)

    def answer(self, role: str, path: str) -> int:
        """What opening the address says to this role; where nothing opens, what sending there says."""
        if path not in self.only_sent:
            with undone(self.clients[role]):
                looked = self.clients[role].get(path)
                if looked.streaming:
                    list(looked)
            if looked.status_code != 405:
                return looked.status_code
            self.only_sent.add(path)
        with undone(self.clients[role]):
            return self.clients[role].post(path).status_code

    def test_who_lacks_a_right_is_refused_and_who_has_it_is_not(self) -> None:
        wrong, asked = [], 0
        for route, name, each in addresses():
            path = self.path(route, name, each)
            rights = needed(each.callback)
            holders = [role for role in ROLES if all(role in roles_with(right) for right in rights)]
            for role in ROLES:
                has = role in holders
                # Written out for the first of those who may see it; a page, not a dialog, also for the last.
                last = holders[-1:] if route.endswith("/") else []
                with nullcontext() if role in (*holders[:1], *last) else unwritten():
                    status = self.answer(role, path)
                asked += 1
                if (status == 403) is has and not (route.startswith("in/") and status == 403):
                    wrong.append(f"{role} {path}: {status}, needs {rights}")
                if status >= 500:
                    wrong.append(f"{role} {path}: {status}")
        assert not wrong, wrong
        assert asked >= 90 * len(ROLES)

    def test_whoever_is_not_signed_in_gets_to_the_sign_in_screen(self) -> None:
        visitor = Client()
        for route, name, each in addresses():
            if getattr(each.callback, "login_required", True):
                answer = visitor.get(self.path(route, name, each))
                assert answer.status_code == 302, route
                assert answer["Location"].startswith("/sign-in/?next="), route

    def test_the_auditor_changes_nothing_at_any_address(self) -> None:
        done = []
        for route, name, each in addresses():
            if route.startswith(("sign-in", "sign-out", "in/")):
                continue
            with undone(self.clients["AU"]), unwritten():
                before = set(AuditRecord.objects.values_list("pk", flat=True))
                said = {"reason": "Looking into a case", "amount": "1.00", "roles": "AD", "markets": "GH"}
                self.clients["AU"].post(self.path(route, name, each), said)
                done += [
                    f"{record.verb} at {route}"
                    for record in AuditRecord.objects.exclude(pk__in=before)
                    if record.verb not in OF_AN_AUDITOR
                ]
        assert not done
