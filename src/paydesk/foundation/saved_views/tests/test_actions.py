"""Views of a list: one's own, shared ones, the one seen first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import TestCase

from paydesk.foundation.audit.models import AuditRecord
from paydesk.foundation.saved_views.actions import ViewRefused, delete_view, save_view, see_first
from paydesk.foundation.saved_views.models import SavedView
from paydesk.foundation.saved_views.queries import views_of
from paydesk.kernel.refused import NotAllowedRefused
from tests.browser.people import make_person

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Views(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.analyst = make_person("An Analyst", "AN", email="an@desk.example").actor()
        cls.lead = make_person("A Lead", "TL", email="tl@desk.example").actor()

    def save(self, name="Old", query="age=4", *, by=None, is_shared=False):
        return save_view("suspense", name, query, is_shared=is_shared, by=by or self.analyst, now=NOW)

    def names(self, by) -> list[tuple[str, bool]]:
        return [(view.name, view.is_first) for view in views_of(by, "suspense")]

    def test_a_view_is_ones_own_and_its_filters_are_not_told(self):
        self.save(query="q=Ama+Mensah")
        assert self.names(self.analyst) == [("Old", False)]
        assert self.names(self.lead) == []
        assert "Ama" not in str(AuditRecord.objects.get().changes)

    def test_the_same_name_takes_the_new_filters_and_twice_is_once(self):
        first = self.save()
        assert self.save().pk == first.pk
        assert AuditRecord.objects.count() == 1
        assert self.save(query="age=3").pk == first.pk
        assert SavedView.objects.get().query == "age=3"

    def test_sharing_needs_the_right_and_a_name_of_its_own(self):
        with pytest.raises(NotAllowedRefused):
            self.save(is_shared=True)
        shared = self.save(by=self.lead, is_shared=True)
        assert self.names(self.analyst) == [("Old", False)]
        with pytest.raises(NotAllowedRefused):
            delete_view(shared.pk, by=self.analyst, now=NOW)
        other = make_person("Other Lead", "TL", email="tl2@desk.example").actor()
        with pytest.raises(ViewRefused):
            self.save(by=other, is_shared=True)
        delete_view(shared.pk, by=other, now=NOW)
        assert not SavedView.objects.exists()

    def test_one_view_is_seen_first(self):
        old, large = self.save(), self.save("Large", "sort=-amount")
        see_first(old.pk, True, by=self.analyst, now=NOW)
        see_first(large.pk, True, by=self.analyst, now=NOW)
        assert self.names(self.analyst) == [("Large", True), ("Old", False)]
        see_first(large.pk, False, by=self.analyst, now=NOW)
        assert self.names(self.analyst) == [("Large", False), ("Old", False)]

    def test_what_is_refused(self):
        for name, query in (("", ""), ("x" * 41, ""), ("Long", "q=" + "x" * 500)):
            with pytest.raises(ViewRefused):
                self.save(name, query)
        mine = self.save()
        for act in (
            lambda: see_first(mine.pk, True, by=self.lead, now=NOW),
            lambda: delete_view(mine.pk, by=self.lead, now=NOW),
        ):
            with pytest.raises(ViewRefused):
                act()
        assert SavedView.objects.count() == 1
