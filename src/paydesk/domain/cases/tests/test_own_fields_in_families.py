"""What is filled in of a company's own fields goes along where a case is split or merged, and comes back."""

from __future__ import annotations

from paydesk.domain.cases import actions
from paydesk.domain.cases.models import Case
from paydesk.domain.cases.queries import messages_of
from paydesk.domain.cases.tests.test_life import AGENT, NOON, later
from paydesk.domain.cases.tests.test_own_fields import made
from paydesk.domain.cases.tests.test_splitting import Splitting
from paydesk.domain.retention.actions.redacting import take_out
from paydesk.foundation.audit.queries import history


class GoAlong(Splitting):
    def setUp(self) -> None:
        super().setUp()
        made("Serial number")
        made("Shop")

    def filled(self, case: Case, **values: str) -> Case:
        return actions.fill_fields(case.pk, values=values, by=AGENT, now=NOON)

    def values(self, case: Case) -> dict[str, str]:
        case.refresh_from_db()
        return case.field_values

    def changes(self, case: Case, verb: str) -> dict[str, object]:
        return history("case", case.pk).filter(verb=verb).latest("pk").changes

    def test_a_case_that_was_split_off_has_what_was_filled_in_and_the_trail_names_the_fields(self) -> None:
        case = self.opened()
        self.filled(case, serial_number="SN 1")
        child = self.split(case, messages_of(case)[0])
        assert child.field_values == {"serial_number": "SN 1"}
        assert self.changes(child, "case.split_off")["fields"] == ["serial_number"]
        self.filled(child, serial_number="SN 2")
        assert self.values(case) == {"serial_number": "SN 1"}, "each has its own from then on"
        bare = self.opened(external_id="<bare>")
        assert "fields" not in self.changes(self.split(bare, messages_of(bare)[0]), "case.split_off")

    def test_a_merge_fills_in_what_the_survivor_has_not_and_gives_it_back(self) -> None:
        case, survivor = self.opened(), self.opened("Again", external_id="<2>")
        self.filled(case, serial_number="SN 1", shop="Accra")
        self.filled(survivor, shop="Tema")
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=1))
        assert self.values(survivor) == {"serial_number": "SN 1", "shop": "Tema"}
        assert self.changes(survivor, "case.took_in")["fields"] == ["serial_number"]
        actions.undo_merge(case.pk, by=AGENT, now=later(hours=2))
        assert (self.values(survivor), self.values(case)) == (
            {"shop": "Tema"},
            {"serial_number": "SN 1", "shop": "Accra"},
        )

    def test_what_somebody_changed_meanwhile_stays(self) -> None:
        case, survivor = self.opened(), self.opened("Again", external_id="<2>")
        self.filled(case, serial_number="SN 1")
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=1))
        self.filled(survivor, serial_number="SN 9")
        actions.undo_merge(case.pk, by=AGENT, now=later(hours=2))
        assert self.values(survivor) == {"serial_number": "SN 9"}

    def test_words_that_are_taken_out_go_from_the_copies_as_well(self) -> None:
        case, survivor = self.opened(), self.opened("Again", external_id="<2>")
        self.filled(case, shop="At Efua Owusu")
        child = self.split(case, messages_of(case)[0])
        actions.merge(case.pk, into=survivor.pk, by=AGENT, now=later(hours=2))
        other = self.opened("Else", external_id="<3>")
        self.filled(other, shop="At Efua Owusu")
        assert take_out(survivor.pk, "Owusu", AGENT, NOON) == 2
        assert self.values(case) == self.values(survivor) == {"shop": "At Efua [redacted]"}
        assert take_out(case.pk, "Efua", AGENT, NOON) == 4, "three fields and the note about it"
        assert self.values(survivor) == {"shop": "At [redacted] [redacted]"}
        assert self.values(child) == {"shop": "At [redacted] Owusu"}
        assert self.values(other) == {"shop": "At Efua Owusu"}, "of that case nobody asked"
