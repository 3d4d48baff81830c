"""Making contracts: by hand or loaded from a file, and making them active."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from paydesk.domain.cases import steps as cases
from paydesk.domain.contracts.identities import add_identities, customers_of
from paydesk.domain.contracts.models import Contract
from paydesk.domain.contracts.pay_links import GOOD_FOR, PayLink, token_of
from paydesk.domain.contracts.rules import Frequency, is_other_name, market_problem, schedule
from paydesk.domain.contracts.states import CONTRACT
from paydesk.domain.parties.rules import identity_of
from paydesk.foundation.audit import steps as audit
from paydesk.foundation.outbox import steps as outbox
from paydesk.foundation.people.models import Market
from paydesk.kernel.actor import Actor
from paydesk.kernel.phone_numbers import e164_digits
from paydesk.kernel.references import key_of
from paydesk.kernel.refused import Refused

_LOAD_LOCK = 0x70640002  # the advisory lock that says "contracts are being loaded"


class ContractRefused(Refused):
    """These terms make no contract, or the account number is taken."""

    code = "contract.refused"


@dataclass(frozen=True, slots=True)
class Terms:
    """One contract with its customer, as loaded or typed. Amounts in minor units; phones in any common form.

    `activated_on` None means the deposit is still to be paid. `line` is the row it came from. The identity
    number is that of a document of the customer, its kind one of parties.rules.IDENTITY_KINDS; both or none.
    """

    market: str
    customer_ref: str
    customer_name: str
    phones: tuple[str, ...]
    account_number: str
    product: str
    currency: str
    price_minor: int
    deposit_minor: int
    opened_on: date
    first_due_on: date
    instalments: int
    frequency: Frequency
    activated_on: date | None = None
    line: int = 0
    identity_kind: str = ""
    identity_number: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load made: ids of new contracts, how many were known already, and refused rows with a reason.

    `identities` is how many identity numbers were added for customers, known or new.
    """

    contract_ids: list[int]
    known: int
    refused: list[tuple[int, str]]
    identities: int = 0


@transaction.atomic(durable=True)
def load_contracts(
    rows: Sequence[Terms], *, other_names: bool = False, by: Actor, now: datetime, source: str = ""
) -> Loaded:
    """Make the contracts of `rows` with their customers, phones and due items; post the sale of active ones.

    A row whose account number exists already under the same customer and price is known and left alone, save
    that an identity number it brings is added to its customer; with other terms it is refused with a reason,
    like every row that makes no plan. Other rows are not held up.
    A row whose customer number is known under another name is refused too unless `other_names` says that
    somebody looked: then its contract becomes one of the known customer's, whose name stays.
    Raises NotAllowedRefused for a market the actor does not work in.
    """
    for market in sorted({row.market for row in rows}):
        by.needs("contracts.load", market=market)
    _one_load_at_a_time()
    refused: list[tuple[int, str]] = []
    taken, names = _existing(rows), _names(rows)
    currencies = _currencies()
    known = 0
    documented: list[Terms] = []
    fresh: list[tuple[Terms, str, list[tuple[str, date, int]]]] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        key = key_of(row.account_number)
        here = (row.market, key)
        if problem := market_problem(row.market, row.currency, currencies):
            refused.append((row.line, problem))
        elif here in taken:
            if taken[here] == (row.customer_ref, row.price_minor, row.currency):
                if problem := _identity_problem(row, names, other_names):
                    refused.append((row.line, problem))
                else:
                    known += 1
                    documented.append(row)
            else:
                refused.append(
                    (row.line, f"Account number {row.account_number} exists already with other terms.")
                )
        elif here in seen:
            refused.append(
                (row.line, f"Account number {row.account_number} stands in row {seen[here]} as well.")
            )
        elif not other_names and (known_as := _other_name(row, names)):
            refused.append((row.line, f"Customer {row.customer_ref} is {known_as}, not {row.customer_name}."))
        else:
            try:
                fresh.append((row, key, _plan(row, key)))
                seen[here] = row.line
            except ValueError as broken:
                refused.append((row.line, str(broken)))
    ids = _write(fresh, by=by, now=now) if fresh else []
    documented += [row for row, _, _ in fresh]
    identified = add_identities(documented, customers_of(documented))
    audit.record(
        "contracts.loaded",
        subject=("contracts", source or "by hand"),
        by=by,
        at=now,
        changes={
            "made": len(ids),
            "known": known,
            "refused": len(refused),
            **({"identities": len(identified), "customers": identified} if identified else {}),
        },
        market=rows[0].market if rows else None,
    )
    return Loaded(ids, known, refused, len(identified))


def _identity_problem(row: Terms, names: dict[tuple[str, str], str], other_names: bool) -> str:
    """Why the identity number of a row about a known contract is not its customer's; "" where nothing is."""
    if not (row.identity_number or row.identity_kind):
        return ""
    if not other_names and (known_as := _other_name(row, names)):
        return f"Customer {row.customer_ref} is {known_as}, not {row.customer_name}."
    try:
        identity_of(row.identity_kind, row.identity_number)
    except ValueError as problem:
        return str(problem)
    return ""


def _one_load_at_a_time() -> None:
    """Let loads meet one after the other: the second of two of the same file finds its contracts known."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOAD_LOCK])


def _currencies() -> dict[str, str]:
    return dict(Market.objects.values_list("code", "currency"))


def _plan(row: Terms, key: str) -> list[tuple[str, date, int]]:
    if len(key) < 4 or len(key) > 40:
        raise ValueError("The account number must have 4 to 40 letters or digits.")
    if not row.customer_ref or not row.customer_name:
        raise ValueError("The customer needs a number of ours and a name.")
    bad = [phone for phone in row.phones if e164_digits(phone, row.market) is None]
    if bad:
        raise ValueError(
            f"{bad[0]!r} is not a phone number of {row.market}. Give it as 0… or with the country code."
        )
    if row.identity_number or row.identity_kind:
        identity_of(row.identity_kind, row.identity_number)
    return schedule(
        price_minor=row.price_minor,
        deposit_minor=row.deposit_minor,
        opened_on=row.opened_on,
        first_due_on=row.first_due_on,
        count=row.instalments,
        frequency=row.frequency,
    )


def _existing(rows: Sequence[Terms]) -> dict[tuple[str, str], tuple[str, int, str]]:
    keys = [key_of(row.account_number) for row in rows]
    found = Contract.objects.filter(account_key__in=keys).values_list(
        "market", "account_key", "customer__external_ref", "price_minor", "currency"
    )
    return {(market, key): (ref, price, currency) for market, key, ref, price, currency in found}


def _names(rows: Sequence[Terms]) -> dict[tuple[str, str], str]:
    """The names of the customers of `rows` that are there already, by market and our number; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.market, c.external_ref, c.name FROM parties_customer c"
            " JOIN unnest(%s::text[], %s::text[]) r(market, ref)"
            " ON c.market = r.market AND c.external_ref = r.ref",
            [[row.market for row in rows], [row.customer_ref for row in rows]],
        )
        return {(market, ref): name for market, ref, name in cursor.fetchall()}


def _other_name(row: Terms, names: dict[tuple[str, str], str]) -> str:
    """What the customer of `row` is called already, if that is another name; "" else. Learns new names."""
    known_as = names.setdefault((row.market, row.customer_ref), row.customer_name)
    return known_as if is_other_name(row.customer_name, known_as) else ""


def _write(
    fresh: list[tuple[Terms, str, list[tuple[str, date, int]]]], *, by: Actor, now: datetime
) -> list[int]:
    """COPY customers, phones, contracts and due items; ids are drawn beforehand. Returns the contract ids."""
    with connection.cursor() as cursor:
        customer_ids = _customers(cursor, [row for row, _, _ in fresh], by=by, now=now)
        cursor.execute(
            "SELECT nextval('contracts_contract_id_seq') FROM generate_series(1, %s)", [len(fresh)]
        )
        contract_ids = [number for (number,) in cursor.fetchall()]
        with cursor.copy(
            "COPY contracts_contract (id, market, customer_id, account_number, account_key, product,"
            " currency, price_minor, deposit_minor, state, allocation_order, opened_on, activated_on,"
            " created_by, version) FROM STDIN"
        ) as copy:
            for contract_id, (row, key, _) in zip(contract_ids, fresh, strict=True):
                state = (
                    "active" if row.activated_on else CONTRACT.start if row.deposit_minor else "deposit_paid"
                )
                copy.write_row(
                    (contract_id, row.market, customer_ids[row.market, row.customer_ref], row.account_number,
                     key, row.product, row.currency, row.price_minor, row.deposit_minor, state, "due_date_1",
                     row.opened_on, row.activated_on, by.label, 1)
                )  # fmt: skip
        with cursor.copy(
            "COPY contracts_dueitem (contract_id, kind, due_on, amount_minor, allocated_minor) FROM STDIN"
        ) as copy:
            for contract_id, (_, _, items) in zip(contract_ids, fresh, strict=True):
                for kind, due_on, amount_minor in items:
                    copy.write_row((contract_id, kind, due_on, amount_minor, 0))
        active = [number for number, (row, _, _) in zip(contract_ids, fresh, strict=True) if row.activated_on]
        if active:
            cursor.execute("SELECT contracts_post_activation(%s::bigint[], %s, %s)", [active, by.label, now])
    return contract_ids


def _customers(cursor: Any, rows: list[Terms], *, by: Actor, now: datetime) -> dict[tuple[str, str], int]:
    """Ids of the customers of `rows` by (market, external_ref): made if missing, with phones."""
    cursor.execute(
        """
        INSERT INTO parties_customer (market, name, external_ref, opened_at, created_by, version)
        SELECT DISTINCT ON (market, ref) market, name, ref, %s, %s, 1
        FROM unnest(%s::text[], %s::text[], %s::text[]) r(market, ref, name)
        ON CONFLICT (market, external_ref) DO NOTHING
        """,
        [
            now,
            by.label,
            [r.market for r in rows],
            [r.customer_ref for r in rows],
            [r.customer_name for r in rows],
        ],
    )
    ids = customers_of(rows)
    phones = {
        (ids[row.market, row.customer_ref], e164_digits(phone, row.market))
        for row in rows
        for phone in row.phones
    }
    cursor.execute(
        "INSERT INTO parties_customerphone (customer_id, msisdn)"
        " SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT DO NOTHING",
        [[number for number, _ in sorted(phones)], [msisdn for _, msisdn in sorted(phones)]],
    )
    return ids


@transaction.atomic(durable=True)
def activate_contract(contract_id: int, *, activated_on: date, by: Actor, now: datetime) -> Contract:
    """The device is handed over: the whole price is owed, the deposit paid before counts.

    Raises TransitionRefused unless the contract waits for its deposit or has it paid; ContractRefused when a
    deposit is due and not paid in full.
    """
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    by.needs("contracts.load", market=contract.market)
    was = contract.state
    contract.state = CONTRACT.after("activate", was)
    if was == "deposit_pending" and contract.deposit_minor:
        raise ContractRefused("Not activated: the deposit is not paid in full. Apply the deposit first.")
    contract.activated_on = activated_on
    contract.version += 1
    contract.save(update_fields=["state", "activated_on", "version"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contracts_post_activation(%s::bigint[], %s, %s)", [[contract.pk], by.label, now]
        )
    audit.record(
        "contract.activated",
        subject=("contract", contract.pk),
        by=by,
        at=now,
        changes={"state": [was, contract.state]},
        market=contract.market,
    )
    outbox.put("contract.activated", {"contract_id": contract.pk})
    return contract


@transaction.atomic(durable=True)
def make_pay_link(
    contract_id: int, *, case_id: int, with_amount: bool, words: str, address: str, by: Actor, now: datetime
) -> str:
    """The address of a page that shows how to pay a contract, put into what somebody writes in a case.

    With the amount only for whoever may hear what is owed. `words` stand before the address, of which
    `address` is all but the last part. Raises IdentityRefused, CaseRefused.
    """
    verb = "pay_link.with_amount" if with_amount else "pay_link.without_amount"
    case = cases.asked_by_them(case_id, verb, by, about=[("contract", contract_id)], leaves_at=now)
    contract = Contract.objects.get(pk=contract_id, market=case.market)
    link = PayLink(contract.pk, with_amount, (now + GOOD_FOR).date())
    said = f"{words} {address}{token_of(link)}"
    cases.add_to_draft(case, said, by, now)
    cases.record("case.pay_link_made", case, by, now, contract_id=contract.pk, with_amount=with_amount)
    return said
