"""Every address with every role, from the rights table: who lacks the right gets 403, who has it does not.

A view says which rights it needs with `needs`, or with `declares("")` that it needs none (what it shows is
public, or one's own). One that says neither fails here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import prefetch_related_objects
from django.http import HttpResponseBase
from django.template import Template
from django.test import Client, TestCase, override_settings
from django.urls import URLPattern, get_resolver, reverse

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.people.authority import RIGHTS, ROLES, rights_of, roles_with
from paydesk.kernel.public_codes import code_of
from paydesk.web import navigation
from paydesk.web.access import declares, needs
from tests.browser.people import make_person
from tests.builders import make_contract, make_source_account, receive, row
from tests.one_of_each import one_of_each

View = Callable[..., HttpResponseBase]
# What a route's argument is called, and where: tried from the top, the first whose beginning fits.
CODES = {
    "customers/": "customer", "books/statement/": "contract",
    "contracts/": "contract", "intake/": "file", "reveal/": "customer", "refunds/files/": "payout_file",
    "goodwill/give/": "troubled", "sides/ask/": "troubled", "sides/": "side", "goodwill/": "goodwill",
    "sellers/withdrawals/": "withdrawal", "sellers/orders/": "order", "sellers/methods/": "link_attempt",
    "sellers/ask/": "withdrawal", "sellers/": "seller",
    "refunds/": "refund", "reversal-requests/": "reversal_request", "disputes/": "dispute",
    "approvals/": "approval",
    "text-messages/": "case", "cases/": "case", "incidents/": "incident",
    "improvements/": "improvement", "categories/": "case",
    "risk/escalate/": "risk_case", "risk/evidence/": "risk_case", "risk/": "escalation",
    "retention/redact/": "risk_case", "retention/": "customer",
    "in-doubt/": "reversal_row", "clocks/": "clock", "work/": "payment", "knowledge/cite/": "case",
    "knowledge/": "article", "reviews/": "review",
}  # fmt: skip
PLAIN = {
    "day": "2026-03-02", "kind": "csv", "form": "pdf", "key_id": 1, "item_id": 1, "decision": "approve",
    "tab": "inbox",
}  # fmt: skip
# The word a route wants for an argument, where it is not the same everywhere.
WORDS = {
    ("reveal/", "kind"): "customer", ("books/aged/", "kind"): "receivable", ("books/aged/", "form"): "csv",
    ("books/journal/", "form"): "csv", ("clocks/calendars/", "name"): "GH",
    ("work/views/", "place"): "suspense",
    ("clocks/policies/", "name"): "identification", ("clocks/policies/", "place"): "GH",
    ("refunds/<str:code>/<str:deed>", "deed"): "cancel",
    ("reversal-requests/<str:code>/<str:deed>", "deed"): "accept", ("knowledge/", "deed"): "edit",
    ("disputes/<str:code>/<str:deed>", "deed"): "accept",
    ("disputes/<str:code>/evidence/", "kind"): "delivery_proof",
    ("cases/together/", "deed"): "sort", ("cases/", "deed"): "wait", ("texts/", "key"): "where-it-is",
    ("case-fields/", "key"): "serial_number",
    ("reviews/<str:public_code>/mark/", "deed"): "score", ("reviews/<str:public_code>/act/", "deed"): "drop",
    ("figures/", "figure"): "fcr", ("risk/<str:code>/act/", "deed"): "acknowledge",
    ("retention/wishes/", "answer"): "refuse", ("retention/redactions/", "answer"): "refuse",
    ("incidents/", "deed"): "adopt", ("exceptions/together/", "deed"): "timing",
    ("improvements/", "deed"): "accept", ("categories/group/", "group_code"): "paying",
    ("sellers/ask/", "kind"): "where", ("sellers/asks/tell/", "market"): "GH",
    ("categories/edit/", "category"): "paying.twice",
}  # fmt: skip
# What an address asks for behind its question mark, and what a form sends: the argument's name elsewhere.
ASKED = {
    "exceptions/match": {"code": ("exceptions/", "code")},
    "reconciliation/runs/<int:run_id>/why": {"group": ("reconciliation/runs/", "group")},
}
SENT = {
    "cases/<str:public_code>/whose": {"customer": "customer"},
    "clocks/<int:clock_id>/acknowledge": {"escalation": "escalation"},
    "books/journal/<str:code>/copy": {"form": "journal_form"},
}
# Where who may in general is refused what is somebody else's.
ONES_OWN = ("in/", "approvals/absences/<")
# Addresses that show nothing to anybody, and why that is right.
NOTHING_THERE: dict[str, str] = {
    "customer": "the customer's side is there for the invented company alone",
    "texted/<str:secret>": "a gateway posts there what became of a message that it took itself",
}
NUMBERED = {"books/account/": 1010, "books/tie-out/": 1010}
# One's own, looking closer with a reason or at what is held, two files of one's own choice side by side:
# all that an auditor's button may leave in the trail.
OF_AN_AUDITOR = {
    "person.preferences_set", "person.signed_out_everywhere", "customer.revealed", "two_files.started",
    "two_files.swapped", "two_files.mapped", "case.held_picture_shown",
}  # fmt: skip


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
        connection.atomic_blocks[-1]._from_testcase = True
        yield
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))


@contextmanager
def unwritten() -> Iterator[None]:
    """Pages stay empty: whether somebody may see one was decided before its template is filled in."""
    with patch.object(Template, "render", lambda template, context: ""):
        yield


class Reached(BaseException):  # noqa: N818 - nothing went wrong
    """Whoever asked was let in and the page began to read."""


@contextmanager
def up_to_the_first_query() -> Iterator[None]:
    """Nothing is read: a page is reached or not before its first query."""

    def stop(*asked: Any) -> None:
        raise Reached

    with connection.execute_wrapper(stop):
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


class EveryAddressWithEveryRole(TestCase):
    """Everything is made once, everybody signs in once; what a request does is undone behind it."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.enterClassContext(
            override_settings(
                DOCUMENTS_FOLDER=Path(cls.enterClassContext(TemporaryDirectory())) / "documents",
                PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
            )
        )
        cls.folder = settings.DOCUMENTS_FOLDER
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            role: make_person(f"{role} Person", role, email=f"{role}@desk.example".lower()) for role in ROLES
        }
        contract = make_contract(account_number="10482937", phones=("0244123456",), deposit_minor=0)
        account = make_source_account(provider="hubtel")
        (payment,) = receive(account, row(1, "60.00", reference="10482937"))
        codes, ids, cls.places = one_of_each(cls.people, account, payment)
        cls.codes = codes | {
            "customer": code_of("CUS", contract.customer_id),
            "contract": code_of("CON", contract.pk),
            "file": code_of("FIL", payment.statement_line.file_id),
        }
        cls.ids = ids | {"payment_id": payment.pk, "person_id": cls.people["SU"].pk}

    def setUp(self) -> None:
        # The folder of this class, not the one that every test is given: files were put there before.
        self.enterContext(override_settings(DOCUMENTS_FOLDER=self.folder))
        # Who asks is known: to look the same eleven people up for each of thousands of requests takes longer
        # than what is tested here.
        self.enterContext(patch("django.contrib.auth.get_user", lambda request: copy(self.asking)))
        # What waits stands in the rail of every page: counted once for each of them.
        self.enterContext(patch("paydesk.web.navigation._waiting", cache(navigation._waiting)))
        prefetch_related_objects(list(self.people.values()), "roles", "markets")
        self.client.force_login(self.people["SU"])
        self.only_sent: set[str] = set()

    def path(self, route: str, name: str, each: URLPattern) -> str:
        path = reverse(name, kwargs={key: self._value(route, key) for key in each.pattern.converters})
        asked = {key: self.places[place] for key, place in ASKED.get(route, {}).items()}
        return f"{path}?{urlencode(asked)}" if asked else path

    def _value(self, route: str, key: str) -> Any:
        """What stands in a route for an argument: what is made for this place, else by its name."""
        for known in (self.places, WORDS):
            for (start, name), word in known.items():
                if name == key and route.startswith(start):
                    return word
        if key in ("refund", "payment"):
            return self.codes[key]
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

    def said(self, route: str) -> dict[str, Any]:
        """What the form of a route sends that only has a button."""
        known = self.codes | {name: value for (_, name), value in self.places.items()}
        return {name: known[of] for name, of in SENT.get(route, {}).items()}

    def answer(self, role: str, route: str, path: str, *, whole: bool, may: bool) -> int:
        """What opening the address says to this role; where nothing opens, what sending there says.

        Whoever may not is refused before anything is read. Of those who may, a page is read to its end for
        the first and the last; what is sent is carried out for each, since the verb asks for the right again.
        """
        self.asking = self.people[role]
        headers = {"X-Chat": self.places["chat/", "visitor"]} if route.startswith("chat/") else {}
        if path not in self.only_sent:
            with undone(self.client) if whole else up_to_the_first_query():
                looked = self.client.get(path, headers=headers)
                if looked.streaming:
                    list(looked)
            if looked.status_code != 405:
                return looked.status_code
            self.only_sent.add(path)
        kind: dict[str, Any] = {"content_type": "application/json"} if headers else {}
        with undone(self.client) if may else up_to_the_first_query():
            return self.client.post(path, self.said(route), headers=headers, **kind).status_code

    def test_who_lacks_a_right_is_refused_and_who_has_it_is_not(self) -> None:
        wrong, asked, nothing = [], 0, set()
        for route, name, each in addresses():
            path = self.path(route, name, each)
            rights = needed(each.callback)
            holders = [role for role in ROLES if all(role in roles_with(right) for right in rights)]
            statuses = {}
            for role in ROLES:
                has, whole = role in holders, role in (*holders[:1], *holders[-1:])
                # Written out for the first of those who may see it.
                with nullcontext() if role in holders[:1] else unwritten():
                    try:
                        status = statuses[role] = self.answer(role, route, path, whole=whole, may=has)
                    except Reached:
                        status = 0
                asked += 1
                if (status == 403) is has and not (has and route.startswith(ONES_OWN)):
                    wrong.append(f"{role} {path}: {status or 'it reads'}, needs {rights}")
                if status >= 500:
                    wrong.append(f"{role} {path}: {status}")
            if all(statuses.get(role, 404) == 404 for role in holders):
                others = set(holders) - statuses.keys()
                with unwritten():
                    seen = {self.answer(role, route, path, whole=True, may=True) for role in others}
                if seen <= {404}:
                    nothing.add(route)
        assert not wrong, wrong
        assert asked >= 90 * len(ROLES)
        unsaid, there = nothing - NOTHING_THERE.keys(), NOTHING_THERE.keys() - nothing
        assert not unsaid, f"Make what these show in one_of_each, or say why there is nothing: {unsaid}"
        assert not there, f"These show something by now, take them out of NOTHING_THERE: {there}"

    def test_whoever_is_not_signed_in_gets_to_the_sign_in_screen(self) -> None:
        visitor, self.asking = Client(), AnonymousUser()
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
            self.asking = self.people["AU"]
            with undone(self.client), unwritten():
                before = set(AuditRecord.objects.values_list("pk", flat=True))
                said = {"reason": "Looking into a case", "amount": "1.00", "roles": "AD", "markets": "GH"}
                self.client.post(self.path(route, name, each), said | self.said(route))
                done += [
                    f"{record.verb} at {route}"
                    for record in AuditRecord.objects.exclude(pk__in=before)
                    if record.verb not in OF_AN_AUDITOR
                ]
        assert not done
