"""Rights and markets of who acts."""

import pytest

from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused


def person(*rights: str) -> Actor:
    return Actor("person", 1, "Somebody", frozenset(rights), frozenset({"GH"}))


@pytest.mark.parametrize("rights", [["payments.move"], ["payments.move:request"]])
def test_who_may_do_it_or_ask_for_it_may_ask_in_their_own_market_alone(rights: list[str]) -> None:
    person(*rights).needs_to_ask("payments.move", market="GH")
    with pytest.raises(NotAllowedRefused, match="market KE"):
        person(*rights).needs_to_ask("payments.move", market="KE")


def test_who_may_neither_do_it_nor_ask_is_told_which_right_is_missing() -> None:
    with pytest.raises(NotAllowedRefused) as refused:
        person("payments.move:view").needs_to_ask("payments.move", market="GH")
    assert refused.value.fields["right"] == "payments.move:request"
