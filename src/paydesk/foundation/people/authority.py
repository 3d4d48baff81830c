"""The authority table: which role may do what. All of it is here; nothing else grants a right.

Letters: M makes · R requests · C checks what another person made · V views · - nothing. A word after a letter
is the condition under which it counts. What a cell gives, as strings for `Actor.needs`:

    M            "payments.move"            makes it; whoever makes, requests or checks may view as well
    M limit      "payments.move:limit"      makes it up to the limit of the setting
    R            "payments.move:request"    asks for it
    C            "payments.move:check"      decides as the second person
    C fraud      "payments.move:check:fraud"   decides as the second person in that case only
    V            "payments.move:view"       sees it

Of a row X with a row X_above_limit the first says who decides up to the limit of market and currency, the
second who decides above it; whoever makes or requests stands in both.

So a verb asks `by.needs("payments.move", market=...)` and a checking verb `by.needs("payments.move:check")`.
Plain reading rights are rows that hold V alone: `by.needs("payments:view")`.

The column SY is the system and, marked "provider", what a provider's own evidence may do (the system may do
anything, its column is for the reader). Limits are settings, and that the checker is another person than the
maker is the rule of the verb, not of this table.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

ROLES = {
    "AN": "Payments analyst",
    "SU": "Support agent",
    "CO": "Collections officer",
    "SD": "Shop or returns desk",
    "TL": "Team lead",
    "FC": "Finance controller",
    "RK": "Risk and compliance",
    "QA": "Quality reviewer",
    "AU": "Auditor",
    "AD": "Administrator",
}
PROVIDER = "SY"

TABLE = """
right                              | AN | SU | CO | SD | TL | FC | RK | QA | AU | AD | SY
files.import                       | M  | V  | -  | -  | M  | V  | V  | V  | V  | -  | M
files.save_profile                 | M  | -  | -  | -  | M  | V  | V  | -  | V  | V  | -
files.unpost                       | M  | -  | -  | -  | C  | C  | V  | V  | V  | -  | -
files.unpost_above_limit           | M  | -  | -  | -  | -  | C  | V  | V  | V  | -  | -
matching.run                       | M  | V  | -  | -  | M  | V  | V  | V  | V  | -  | M
matching.two_files                 | M  | -  | -  | -  | M  | M  | -  | -  | M  | -  | M
matching.confirm                   | M  | -  | -  | -  | M  | V  | V  | V  | V  | -  | M auto
matching.split                     | M  | -  | -  | -  | M  | V  | V  | V  | V  | -  | M auto
matching.unmatch                   | M  | -  | -  | -  | M  | V  | V  | V  | V  | -  | M auto
matching.outside_tolerance         | M  | -  | -  | -  | C  | C  | V  | V  | V  | -  | -
matching.write_off_small           | M  | -  | -  | -  | C  | C  | V  | V  | V  | -  | -
matching.write_off_small_above_limit | M | - | - | - | - | C  | V  | V  | V  | -  | -
payments.receive_by_hand           | M  | -  | -  | -  | C  | C  | V  | V  | V  | -  | -
payments.identify                  | M  | M  | R  | -  | M  | V  | V  | V  | V  | -  | M
payments.allocate                  | M  | M  | R  | -  | M  | V  | V  | V  | V  | -  | M
payments.allocate_weak_evidence    | M  | R  | R  | -  | C  | C  | V  | V  | V  | -  | -
payments.move                      | M  | M  | R  | -  | C  | V  | C fraud | V | V | - | -
payments.move_above_limit          | M  | M  | R  | -  | -  | C  | C fraud | V | V | - | -
payments.reverse                   | M  | M  | -  | -  | C  | C closed_period | V | V | V | - | M provider
payments.reverse_above_limit       | M  | M  | -  | -  | -  | C  | V  | V  | V  | -  | M provider
payments.backdate                  | M  | M  | -  | -  | C  | C closed_period | V | V | V | - | M provider
payments.answer_reversal_request   | M  | M  | -  | -  | C  | V  | C fraud | V | V | - | -
payments.answer_reversal_request_above_limit | M | M | - | - | - | C | C fraud | V | V | - | -
refunds.entitle                    | M  | M  | R  | R  | C  | -  | C third_person | V | V | - | -
refunds.entitle_above_limit        | M  | M  | R  | R  | -  | C  | C third_person | V | V | - | -
marketplace.ask                    | M  | M  | -  | -  | M  | V  | M  | V  | V  | -  | -
payouts.release                    | M  | -  | -  | -  | C  | C  | M hold | V | V | - | -
payouts.release_above_limit        | M  | -  | -  | -  | -  | C  | M hold | V | V | - | -
contracts.load                     | M  | -  | -  | -  | M  | V  | V  | V  | V  | -  | M
contracts.end_or_downgrade         | M  | M  | R  | R receive | C | C above_limit | V | V | V | - | -
contracts.ease                     | M  | M  | M limit | - | C | C above_limit | V | V | V | - | -
goodwill.give                      | M  | M  | M  | -  | C  | V  | V  | V  | V  | -  | -
goodwill.give_above_limit          | M  | M  | M  | -  | -  | C  | V  | V  | V  | -  | -
goodwill.alone                     | M analyst | M support | M collections | - | - | - | - | - | - | - | -
device_returns.grade               | -  | -  | -  | M  | V  | V  | V  | V  | V  | -  | -
risk.restrict                      | R  | R  | R  | -  | R  | V  | M  | V  | V  | -  | M signals
risk.lift                          | R  | R  | R  | -  | R  | V  | C  | V  | V  | -  | -
risk.escalate                      | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | -
risk.decide                        | -  | -  | -  | -  | V  | V  | M  | V  | V  | -  | -
risk.evidence_pack                 | -  | -  | -  | -  | M  | M  | M  | -  | V  | -  | M
cases.redact                       | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | M
cases.confirm_redaction            | V  | V  | V  | V  | C  | C  | C  | V  | V  | -  | -
retention.manage                   | -  | -  | -  | -  | -  | V  | V  | -  | V  | M  | -
retention.hold                     | -  | -  | -  | -  | -  | M  | M  | -  | V  | V  | -
retention.lift_hold                | -  | -  | -  | -  | -  | C  | C  | -  | V  | V  | -
retention.erase                    | -  | R  | -  | -  | R  | V  | C  | -  | V  | R  | -
retention.export_person            | -  | -  | -  | -  | M  | -  | M  | -  | -  | -  | M
collections.record                 | V  | M  | M  | -  | V  | V  | V  | V  | V  | -  | -
disputes.answer                    | M  | M  | -  | -  | C  | V  | V  | V  | V  | -  | -
disputes.answer_above_limit        | M  | M  | -  | -  | -  | C  | V  | V  | V  | -  | -
onboarding.activate                | M  | -  | -  | -  | C  | V  | C  | V  | V  | -  | -
pricing.below_floor                | M  | -  | -  | -  | M  | C  | V  | V  | V  | -  | -
pricing.rate_cards                 | V  | -  | -  | -  | V  | M  | V  | -  | V  | -  | -
parties.change_bank_details        | M  | M  | -  | -  | C  | C above_limit | C red_flag | V | V | - | -
ledger.write_off                   | M  | -  | -  | -  | M  | C  | V  | V  | V  | -  | -
ledger.close_day                   | M  | -  | -  | -  | C  | C  | V  | V  | V  | -  | -
ledger.export_journal              | -  | -  | -  | -  | -  | M  | V  | -  | V  | -  | -
ledger.reopen_period               | -  | -  | -  | -  | M  | C  | V  | V  | V  | -  | -
matching.edit_rules                | -  | -  | -  | -  | M  | C  | V  | V  | V  | -  | -
documents.store                    | M  | M  | M  | M  | M  | M  | M  | M  | -  | -  | M
documents                          | V  | V  | V  | V  | V  | V  | V  | V  | V  | -  | V
payments                           | V  | V  | V  | V  | V  | V  | V  | V  | V  | -  | V
customers                          | V  | V  | V  | V  | V  | V  | V  | V  | V  | -  | V
customers.names                    | V  | V  | V  | V  | V  | -  | -  | -  | -  | -  | V
customers.phones                   | V  | V  | V  | -  | V  | -  | -  | -  | -  | -  | V
customers.reveal                   | M  | M  | M  | M  | M  | M  | M  | -  | M  | -  | -
suspense                           | V  | V  | V  | -  | V  | V  | V  | V  | V  | -  | V
ledger                             | V  | -  | -  | -  | V  | V  | V  | -  | V  | -  | V
export                             | M  | M  | M  | -  | M  | M  | M  | M  | M  | -  | -
providers.manage                   | M  | -  | -  | -  | M  | V  | V  | -  | V  | M  | -
people.manage                      | -  | -  | -  | -  | V  | -  | V  | -  | V  | M  | -
cases.work                         | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | M
knowledge                          | V  | V  | V  | V  | V  | V  | V  | V  | V  | V  | V
knowledge.write                    | M  | M  | M  | M  | M  | M  | M  | M  | -  | -  | -
knowledge.publish                  | -  | -  | -  | -  | M  | M  | M  | M  | V  | -  | -
knowledge.publish_policy           | -  | -  | -  | -  | C  | C  | C  | C  | V  | -  | -
exams.take                         | M  | M  | M  | M  | M  | M  | M  | M  | V  | -  | -
exams.results                      | -  | -  | -  | -  | V  | -  | V  | V  | V  | V  | -
categories.learn                   | M  | M  | -  | -  | M  | -  | M  | V  | V  | -  | M
categories.edit                    | V  | V  | -  | -  | M  | V  | M  | V  | V  | -  | -
incidents.work                     | M  | M  | M  | V  | M  | M  | M  | V  | V  | -  | M
incidents.adopt                    | -  | -  | -  | -  | M  | -  | M  | V  | V  | -  | -
incidents.broadcast                | M  | M  | -  | -  | M  | -  | M  | V  | V  | -  | -
improvements.propose               | M  | M  | M  | M  | M  | M  | M  | M  | V  | -  | -
improvements.decide                | -  | -  | -  | -  | M  | M  | M  | V  | V  | -  | -
cases.texts                        | V  | V  | V  | V  | M  | V  | V  | M  | V  | M  | -
scorecards                         | V  | V  | V  | V  | V  | V  | V  | V  | V  | -  | -
scorecards.team                    | -  | -  | -  | -  | V  | V  | V  | V  | V  | -  | -
scorecards.everybody               | -  | -  | -  | -  | -  | V  | V  | V  | V  | -  | -
reviews.own                        | M  | M  | M  | M  | M  | M  | M  | M  | V  | -  | -
reviews.score                      | -  | -  | -  | -  | M  | -  | V  | M  | V  | -  | -
reviews.settle                     | -  | -  | -  | -  | C  | -  | V  | C  | V  | -  | -
reviews.plan                       | -  | -  | -  | -  | V  | -  | V  | M  | V  | V  | -
routing.manage                     | V  | V  | V  | V  | M  | V  | M  | V  | V  | -  | -
clocks.acknowledge                 | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | -
assignments.take                   | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | -
assignments.give                   | -  | -  | -  | -  | M  | M  | M  | V  | V  | -  | -
assignments.erase_note             | -  | -  | -  | -  | M  | -  | M  | V  | V  | -  | -
views.share                        | -  | -  | -  | -  | M  | M  | -  | -  | V  | -  | -
clocks.set_due                     | -  | -  | -  | -  | M  | M  | M  | V  | V  | V  | -
clocks.confirm_due                 | -  | -  | -  | -  | C  | C  | C  | V  | V  | V  | -
clocks.pause                       | M  | M  | M  | M  | M  | M  | M  | V  | V  | -  | -
clocks                             | V  | V  | V  | V  | V  | V  | V  | V  | V  | V  | V
settings.manage                    | -  | -  | -  | -  | V  | V  | V  | -  | V  | M  | -
audit                              | -  | -  | -  | -  | V  | V  | V  | V  | V  | V  | V
jobs                               | V  | -  | -  | -  | V  | -  | -  | -  | V  | V  | V
"""


def _read(table: str) -> dict[str, dict[str, str]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    assert head[1:] == [*ROLES, PROVIDER], "the head of the authority table names the roles in order"
    cells: dict[str, dict[str, str]] = {}
    for right, *letters in rows:
        assert len(letters) == len(head) - 1, f"{right} has {len(letters)} cells"
        assert right not in cells, f"{right} stands twice in the authority table"
        assert all(cell[0] in "MRCV-" for cell in letters), f"{right} has an unknown letter"
        cells[right] = dict(zip(head[1:], letters, strict=True))
    return cells


_CELLS = _read(TABLE)
RIGHTS = tuple(_CELLS)


def letter(right: str, role: str) -> str:
    """The cell of the table: "M", "C fraud", "-". Raises KeyError for an unknown right or role."""
    return _CELLS[right][role]


def rights_of(roles: Iterable[str]) -> frozenset[str]:
    """Every right string that holders of `roles` together have, as the top of this module spells them.

    `roles` are the codes of ROLES, or "SY" for what a provider's evidence and the system do.
    """
    return _rights_of(frozenset(roles))


@cache  # every page asks several times
def _rights_of(roles: frozenset[str]) -> frozenset[str]:
    held: set[str] = set()
    for role in roles:
        for right in RIGHTS:
            held |= _strings(right, letter(right, role))
    return frozenset(held)


def roles_with(right: str) -> list[str]:
    """Codes of the roles that have this right string, in the order of the table: who could do it instead."""
    return [role for role in ROLES if right in rights_of([role])]


def _strings(right: str, cell: str) -> set[str]:
    kind, _, condition = cell.partition(" ")
    if kind == "-":
        return set()
    action = {"M": right, "R": f"{right}:request", "C": f"{right}:check", "V": f"{right}:view"}[kind]
    if condition:
        action += f":{condition}"
    return {action, f"{right}:view"}
