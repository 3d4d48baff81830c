"""The customer's side is there on a demo desk alone: nobody else's calls and mail can be made up."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.doors.actions import add_door
from paydesk.domain.doors.models import PhoneCall
from tests.browser.people import make_market, make_person
from tests.builders import WORKER


@pytest.mark.usefixtures("db")
def test_where_nobody_is_invented_it_is_not_there_and_nobody_calls() -> None:
    make_market("GH")
    make_person("Ama Real", "SU", markets="GH")
    add_door(kind="phone", name="Telephone", market="GH", by=WORKER, now=timezone.now())
    here, call = reverse("public:customer_side"), {"what": "call", "number": "+233244123456"}
    assert [Client().get(here).status_code, Client().post(here, call).status_code] == [404, 404]
    make_person("Samuel Demo", "SU", markets="GH", is_demo=True)
    assert "The customer's side" in Client().get(here).content.decode()
    assert not PhoneCall.objects.exists()
    rings = Client().post(here, call)
    assert PhoneCall.objects.get().number == "233244123456"
    assert Client().post(here, {**call, "call": rings.url.rpartition("=")[2]}).status_code == 302  # type: ignore[attr-defined]
    assert PhoneCall.objects.get().state == "missed"
