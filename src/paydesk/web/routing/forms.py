"""What is said of a rule, and of somebody who takes cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from paydesk.domain.cases.categories import leaves
from paydesk.domain.cases.queries import current_tree, mailboxes
from paydesk.domain.cases.rules import CHANNELS, SEVERITIES
from paydesk.domain.cases.texts import LANGUAGES
from paydesk.domain.routing.queries import teams_to_choose
from paydesk.domain.routing.rules import HIGHEST_CAP, MOST_OPEN
from paydesk.foundation.people.queries import markets_of
from paydesk.kernel.actor import Actor

if TYPE_CHECKING:
    from paydesk.domain.routing.models import CaseTaker, RoutingRule

ANY = ("", "any")
OF_RULE = ("market", "channel", "category", "language", "severity", "complaints_alone")


def groups() -> dict[str, str]:
    """The groups of categories by code, "Refund"; one query."""
    return {code: str(group["words"]) for code, group in current_tree()[1].items()}


class RuleForm(forms.Form):
    """Which cases it fits, and which team they go to."""

    place = forms.IntegerField(
        label="Place in the order", min_value=1, max_value=999, help_text="The first rule that fits counts."
    )
    market = forms.ChoiceField(label="Market", required=False)
    channel = forms.ChoiceField(label="Channel", required=False, choices=[ANY, *CHANNELS.items()])
    mailbox = forms.ChoiceField(label="Written to", required=False)
    category = forms.ChoiceField(label="Category", required=False)
    language = forms.ChoiceField(label="Language", required=False, choices=[ANY, *LANGUAGES.items()])
    severity = forms.ChoiceField(
        label="Severity at least", required=False, choices=[ANY, *((each, each) for each in SEVERITIES[1:])]
    )
    complaints_alone = forms.BooleanField(label="Complaints alone", required=False)
    team = forms.ChoiceField(label="Goes to", required=False)

    def __init__(self, actor: Actor, data: Any, found: RoutingRule | None, places: int) -> None:
        initial: dict[str, Any] = {"place": places + 1}
        if found is not None:
            initial = {name: getattr(found, name) for name in ("place", *OF_RULE)}
            known: Any = found
            initial |= {"mailbox": known.mailbox_id or "", "team": known.team_id or ""}
        super().__init__(data, initial=initial, auto_id="rule_%s")
        tree = current_tree()[1]
        boxes = [(str(box.pk), box.address) for box in mailboxes(actor)]
        self._offer("market", [ANY, *((each.pk, each.name) for each in markets_of(actor))])
        self._offer("mailbox", [ANY, *boxes])
        self._offer("category", [ANY, *groups().items(), *leaves(tree).items()])
        teams = [(str(each.pk), each.name) for each in teams_to_choose()]
        self._offer("team", [("", "nobody: whoever takes it"), *teams])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    @property
    def said(self) -> dict[str, Any]:
        """What the verb is told."""
        data = self.cleaned_data
        return {name: data[name] for name in ("place", *OF_RULE)} | {
            "mailbox_id": int(data["mailbox"]) if data["mailbox"] else None,
            "team_id": int(data["team"]) if data["team"] else None,
        }


class TakerForm(forms.Form):
    """Whether somebody takes cases, how many at once, in which languages, what about."""

    takes = forms.BooleanField(label="Takes cases", required=False)
    most = forms.IntegerField(
        label="At most at once", min_value=1, max_value=HIGHEST_CAP,
        help_text="Open cases in which we are to act; those that wait for somebody do not count.",
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label="Answers in", required=False, choices=list(LANGUAGES.items()),
        widget=forms.CheckboxSelectMultiple, help_text="None chosen is all of them.",
    )  # fmt: skip
    categories = forms.MultipleChoiceField(
        label="Knows about", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="None chosen is all of them.",
    )  # fmt: skip

    def __init__(self, data: Any, found: CaseTaker | None) -> None:
        initial: dict[str, Any] = {"most": MOST_OPEN}
        if found is not None:
            initial = {name: getattr(found, name) for name in ("takes", "most", "languages", "categories")}
        super().__init__(data, initial=initial, auto_id="taker_%s")
        field: Any = self.fields["categories"]
        field.choices = list(groups().items())
