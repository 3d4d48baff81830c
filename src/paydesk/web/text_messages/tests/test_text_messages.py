"""Text messages on the screen: a gateway set up, a code sent and read back, reports, what left as a list."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paydesk.domain.cases import actions as cases
from paydesk.domain.cases.models import Case, Message
from paydesk.domain.cases.queries import code
from paydesk.domain.parties.models import CustomerPhone
from paydesk.domain.text_messages.actions import send_due
from paydesk.domain.text_messages.addresses import token_of
from paydesk.domain.text_messages.models import TextGateway, TextMessage
from paydesk.domain.text_messages.tests.gateway import played_gateway, taken_by_africas_talking
from paydesk.web.cases.tests.at_the_inbox import OnTheInbox
from paydesk.web.refunds.tests.desk import PHONE
from tests.builders import WORKER

SAID = {
    "kind": "africas_talking", "name": "Texts of the shop", "market": "GH", "user": "ours",
    "secret": "key-of-ours", "sender": "PAYDESK", "price": "0.04", "most_per_hour": "4", "most_cost_day": "5",
}  # fmt: skip
MASKED = "+233 24 ••• ••56"


class TextMessages(OnTheInbox):
    def case_of_ama(self) -> tuple[Case, CustomerPhone]:
        phone, _ = CustomerPhone.objects.get_or_create(customer=self.contract.customer, msisdn=PHONE)
        return self.opened(customer_id=self.contract.customer_id, text="x"), phone

    def to(self, name: str, case: Case, status: int = 200, **said: Any) -> str:
        return self.post("SU", reverse(f"text_messages:{name}", args=[code(case)]), said, status)

    def test_a_code_is_sent_by_a_gateway_and_read_back_and_the_list_says_what_became_of_it(self) -> None:
        case, phone = self.case_of_ama()
        choose = reverse("text_messages:choose", args=[code(case)])
        assert "No gateway sends text messages" in self.get("SU", choose)
        self.post("SU", reverse("text_messages:add"), SAID, 403)
        self.post("AD", reverse("text_messages:add"), {**SAID, "base_url": "http://sms.example"}, 409)
        with played_gateway() as playing:
            playing.answers = [taken_by_africas_talking("AT-9")]
            self.post("AD", reverse("text_messages:add"), {**SAID, "base_url": playing.url})
            gateway = TextGateway.objects.get()
            assert choose in self.get("SU", reverse("cases:act", args=[code(case), "verify"]))
            page = self.get("SU", choose)
            assert MASKED in page
            assert PHONE not in page
            sent = self.to("send_code", case, phone=str(phone.pk))
            assert "What they read back" in sent
            assert send_due(by=WORKER, now=timezone.now()) == 1
            told = "".join(re.findall(r"(\d{3}) (\d{3})", playing.last["message"])[0])
            assert told[:3] + " " + told[3:] not in sent
        assert "2 more times" in self.to("check_code", case, 409, code=f"{(int(told) + 1) % 10**6:06d}")
        self.to("check_code", case, 302, code=told, channel="phone")
        case.refresh_from_db()
        assert (case.level, case.level_channel) == ("strong", "phone")
        page = self.get("AD", reverse("text_messages:gateways"))
        report = reverse("public:text_report", args=[token_of(gateway)])
        assert report in page
        assert "key-of-ours" not in page
        assert report not in self.get("TL", reverse("text_messages:gateways"))
        outside = Client()
        said = {"id": "AT-9", "status": "Success", "phoneNumber": f"+{PHONE}"}
        assert outside.post(report, {**said, "id": "AT-8"}).status_code == 404
        assert outside.post(f"{report}0", said).status_code == 404
        assert outside.post(report, said).status_code == 200
        page = self.get("AD", reverse("text_messages:list"), {"state": "delivered", "kind": "code"})
        assert MASKED in page
        assert "0.04 GHS" in page
        assert PHONE not in page
        export = self.clients["TL"].get(reverse("text_messages:export", args=["csv"])).getvalue().decode()
        assert MASKED in export
        assert PHONE not in export
        self.post("AD", reverse("text_messages:caps", args=[gateway.pk]), {**SAID, "most_per_hour": "1"})
        assert "had 1 text message in the last hour" in self.to("send_code", case, 409, phone=str(phone.pk))
        self.post("AD", reverse("text_messages:switch", args=[gateway.pk]))
        assert not TextGateway.objects.get().is_active

    def test_a_notice_goes_to_whoever_said_that_they_want_them(self) -> None:
        case, phone = self.case_of_ama()
        self.post("AD", reverse("text_messages:add"), SAID)  # it is not reached: nothing is sent here
        assert "Verify who asks" in self.to("wish", case, 409, wants="on")
        cases.verify(case.pk, facts=["account_number", "last_payment"], by=WORKER, now=timezone.now())
        assert "Send the notice" in self.to("wish", case, wants="on")
        case.refresh_from_db()
        said = {"phone": str(phone.pk), "text": "Your money is back.", "sent_key": "k9"}
        self.to("send_notice", case, 409, **said, version="1")
        self.to("send_notice", case, 302, **said, version=str(case.version))
        assert Message.objects.get(case=case, channel="sms").delivery == "queued"
        assert TextMessage.objects.get().kind == "notice"
        page = self.page("SU", case)
        assert "By text message" in page
        assert reverse("text_messages:choose", args=[code(case)]) in page
