"""The rail: every place stands in one section, under a key of its own."""

from collections import Counter

from django.test import SimpleTestCase

from paydesk.web.navigation import PLACES, SECTIONS, Place, ShownPlace, sections_of


def test_every_place_stands_in_one_section_and_every_section_has_places():
    held = Counter(name for section in SECTIONS for name in section.holds)
    assert set(held.values()) == {1}
    assert {place.name.split(":")[0] for place in PLACES} == set(held)


def test_no_two_places_that_one_person_sees_have_the_same_key():
    assert [key for key, times in Counter(p.key for p in PLACES if not p.unless).items() if times > 1] == []


class Sections(SimpleTestCase):
    def test_a_section_adds_up_what_waits_and_a_single_place_is_itself(self):
        waits = {"suspense:list": 3, "pending:list": 2}
        shown = [
            ShownPlace(Place(name, label, "file", key), f"/{label}/", here, lambda: waits)
            for name, label, key, here in (
                ("pending:list", "Pending", "w", False),
                ("suspense:list", "Suspense", "s", True),
                ("trail:list", "Trail", "l", False),
            )
        ]
        money_in, control = sections_of(shown)
        assert (money_in.label, money_in.waits, money_in.here, money_in.url) == (
            "Money in",
            5,
            True,
            "/Suspense/",
        )
        assert (control.label, control.icon, control.is_single) == ("Trail", "file", True)
