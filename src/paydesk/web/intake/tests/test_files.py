"""The list of files and one file in each of its states, for those who may see them."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.actions import map_file, read_file
from paydesk.domain.statements.models import SourceFile
from paydesk.web.intake.tests.company import (
    DESK,
    MAPPING,
    code,
    make_person,
    mapped,
    paid,
    posted,
    table,
    uploaded,
)  # fmt: skip
from tests.builders import NOON, WORKER, make_contract, make_source_account

HTMX = {"HX-Request": "true"}


class Desk(TestCase):
    def setUp(self):
        self.analyst = make_person("Priya Nair", "AN", markets="GH")
        self.client.force_login(self.analyst)
        self.account = make_source_account()

    def page(self, file: SourceFile, part: str = "", **query: str):
        return self.client.get(f"/intake/{code(file)}/{part}?{urlencode(query)}")


class ListOfFiles(Desk):
    def test_it_shows_what_became_of_each_file_and_filters_by_the_address(self):
        posted(self.account, table(paid(1), paid(2, "fifty")), "first.csv")
        uploaded(table(paid(3)), "second.csv")
        page = self.client.get("/intake/").content.decode()
        assert "first.csv" in page
        assert "Ready to post" in page  # as a choice of the filter
        assert "the desk" in page
        found = self.client.get("/intake/?state=mapping_needed").content.decode()
        assert "second.csv" in found
        assert "first.csv" not in found
        assert "Clear filters" in self.client.get("/intake/?state=refused").content.decode()
        assert "first.csv" in self.client.get(f"/intake/?account={self.account.pk}").content.decode()

    def test_a_statement_that_only_lacks_its_account_says_so_and_what_it_is(self):
        file = uploaded(b":20:X\n:25:1\n:28C:1\n:60F:C260301EUR0,\n:62F:C260301EUR0,\n-\n", "march.sta")
        for page in (self.client.get("/intake/").content.decode(), self.page(file).content.decode()):
            assert "Account needed" in page
            assert "Mapping needed" not in page
        assert '<span title="mt940">MT940 statement</span>' in page
        assert "Mapping needed" in self.page(uploaded(table(paid(1)))).content.decode()

    def test_a_live_list_answers_204_until_something_changes(self):
        file = mapped(self.account, table(paid(1)))
        version = self.client.get("/intake/").context["version"]
        assert self.client.get(f"/intake/?v={version}", headers=HTMX).status_code == 204
        SourceFile.objects.filter(pk=file.pk).update(revision=99)
        again = self.client.get(f"/intake/?v={version}", headers=HTMX | {"HX-Target": "files"})
        assert again.status_code == 200
        assert b"<html" not in again.content
        assert b"v=" + version.encode() not in again.content

    def test_files_of_another_market_are_not_there(self):
        abroad = mapped(make_source_account(market="KE", provider="mpesa"), table(paid(1)), "abroad.csv")
        assert b"abroad.csv" not in self.client.get("/intake/").content
        for part in ("", "lines/", "rejected/", "rejected.csv", "lines.csv", "original", "mapping/", "post/"):
            assert self.page(abroad, part).status_code == 404, part
        assert self.client.post(f"/intake/{code(abroad)}/post/").status_code == 404
        assert self.client.get("/intake/FIL-0000000/").status_code == 404
        assert self.client.get("/intake/nonsense/").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_files(self):
        mapped(self.account, table(paid(1)), "1.csv")
        self.client.get("/intake/")
        with CaptureQueriesContext(connection) as few:
            self.client.get("/intake/")
        for number in range(2, 9):
            mapped(self.account, table(paid(number)), f"{number}.csv")
        with CaptureQueriesContext(connection) as many:
            self.client.get("/intake/")
        assert len(few) == len(many) <= 21

    def test_the_list_can_be_taken_along(self):
        posted(self.account, table(paid(1)), "=first.csv")
        csv = b"".join(self.client.get("/intake/files.csv").streaming_content).decode()
        assert "Momo collections" in csv
        assert ",'=first.csv," in csv
        xlsx = b"".join(self.client.get("/intake/files.xlsx?state=posted").streaming_content)
        assert xlsx.startswith(b"PK")

    def test_without_the_right_there_is_no_page_and_an_onlooker_may_not_upload(self):
        self.client.force_login(make_person("Ola Officer", "CO"))
        assert self.client.get("/intake/").status_code == 403
        self.client.force_login(make_person("Ada Auditor", "AU"))
        assert b"Team lead can" in self.client.get("/intake/").content
        refused = self.client.post("/intake/upload/", {"file": io.BytesIO(b"x")}, headers=HTMX)
        assert refused.status_code == 403
        assert not SourceFile.objects.exists()


class Upload(Desk):
    def send(self, *files: tuple[str, bytes], headers: dict[str, str] | None = HTMX, **fields: str):
        sent = [SimpleUploadedFile(name, content) for name, content in files]
        return self.client.post("/intake/upload/", {"file": sent, **fields}, headers=headers)

    def test_a_file_is_kept_for_the_worker_with_the_account_that_was_chosen(self):
        assert self.send(("a.csv", table(paid(1))), source_account=str(self.account.pk)).status_code == 201
        file = SourceFile.objects.get()
        assert (file.filename, file.state, file.source_account, file.uploaded_by) == (
            "a.csv", "uploaded", self.account, f"person:{self.analyst.pk}",
        )  # fmt: skip

    def test_the_same_content_is_not_taken_twice_but_named(self):
        self.send(("a.csv", table(paid(1))))
        again = self.send(("b.csv", table(paid(1))))
        assert (again.status_code, again.headers["X-Refused"]) == (409, "file.already_here")
        assert b"a.csv" in again.content
        assert b"by Priya Nair" in again.content
        assert SourceFile.objects.count() == 1

    @override_settings(DOCUMENT_SIZE_LIMIT_BYTES=20)
    def test_a_file_that_is_empty_or_too_large_is_refused_with_a_sentence(self):
        assert b"The file is empty" in self.send(("a.csv", b"")).content
        answer = self.send(("a.csv", table(paid(1))))
        assert answer.status_code == 409
        assert b"can be stored" in answer.content
        assert not SourceFile.objects.exists()

    def test_without_script_several_files_go_up_at_once(self):
        answer = self.send(("a.csv", table(paid(1))), ("b.csv", table(paid(2))), headers=None)
        assert answer.status_code == 302
        assert SourceFile.objects.count() == 2
        assert b"a.csv is in." in self.client.get("/intake/").content


class OneFile(Desk):
    def test_while_it_moves_it_says_how_far_and_goes_on_by_itself(self):
        file = mapped(self.account, table(paid(1)))
        SourceFile.objects.filter(pk=file.pk).update(state="reading", bytes_read=10, line_count=7, revision=5)
        assert b"7 rows so far" in self.page(file).content
        assert self.page(file, v="5").status_code == 204
        assert b"7 rows so far" in self.page(file, v="4").content
        SourceFile.objects.filter(pk=file.pk).update(
            state="posting", posted_through=903, new_count=3, known_count=4, line_count=20, payment_count=1
        )
        assert b"7 of 20 rows \xc2\xb7 1 payment so far" in self.page(file, v="4").content
        assert b"7 of 20 rows" in self.client.get("/intake/").content
        SourceFile.objects.filter(pk=file.pk).update(state="previewed")
        assert self.page(file, v="4").headers["HX-Refresh"] == "true"

    def test_before_posting_it_says_what_would_become_payments_and_why_other_rows_would_not(self):
        fee = "01-03-2026 12:00:00;F1;;;;-1.50;fee;paid"
        posted(self.account, table(paid(1)), "earlier.csv")
        file = mapped(self.account, table(paid(1), paid(2), paid(3, "5.50"), paid(4, "fifty"), fee))
        page = self.page(file).content.decode()
        assert "Post 2 payments, 15.50 GHS" in page
        assert "A fee of the provider." in page
        assert "Rows that are in both are kept once" in page
        assert page.index("Rows that become payments") < page.index("Rows that will not become payments")
        assert "fifty" in page

    def test_a_file_is_not_posted_on_a_preview_that_is_no_longer_true(self):
        file = mapped(self.account, table(paid(1), paid(2)))
        asked = self.client.get(f"/intake/{code(file)}/post/", headers=HTMX).context["mark"]
        posted(self.account, table(paid(1)), "meanwhile.csv")
        headers = HTMX | {"HX-Current-URL": f"http://testserver/intake/{code(file)}/"}
        answer = self.client.post(f"/intake/{code(file)}/post/", {"seen": asked}, headers=headers)
        assert (answer.status_code, answer.headers["X-Refused"]) == (409, "file.changed")
        assert b">Reload</a>" in answer.content
        file.refresh_from_db()
        assert file.state == "previewed"
        asked = self.client.get(f"/intake/{code(file)}/post/", headers=HTMX).context["mark"]
        assert (
            self.client.post(f"/intake/{code(file)}/post/", {"seen": asked}, headers=headers).status_code
            < 400
        )

    def test_a_gap_to_the_file_before_or_after_is_not_green(self):
        def day(day: int, number: int) -> bytes:
            return table(paid(number).replace("01-03-2026", f"{day:02d}-02-2026"))

        posted(self.account, day(2, 9), "before.csv")
        posted(self.account, day(20, 2), "after.csv")
        tone, sentence = self.page(mapped(self.account, day(3, 3))).context["continuity"]
        assert tone == "held"
        assert "before.csv" not in sentence
        assert "after.csv</a>, starts" in sentence
        tone, sentence = self.page(mapped(self.account, day(20, 2) + b"\n")).context["continuity"]
        assert (tone, "All of its time is in" in sentence) == ("settled", True)

    def test_rows_in_conflict_are_counted_before_they_are_rejected(self):
        posted(self.account, table(paid(1)), "earlier.csv")
        file = mapped(self.account, table(paid(1, "11.00"), paid(2), paid(2)))
        seen = self.page(file).context["seen"]
        assert (seen.new, seen.known, seen.in_conflict, seen.payments) == (1, 1, 1, 1)

    def test_posting_asks_with_the_amount_and_a_second_press_does_nothing_more(self):
        make_contract(account_number="10482937")
        file = mapped(self.account, table(paid(1), paid(2, "x", "")))
        asked = self.client.get(f"/intake/{code(file)}/post/", headers=HTMX | {"HX-Target": "dialog-content"})
        assert b"Post 1 payment, 10.00 GHS" in asked.content
        assert b"<html" not in asked.content
        for _ in range(2):
            answer = self.client.post(f"/intake/{code(file)}/post/", headers=HTMX)
            assert answer.headers["HX-Redirect"] == f"/intake/{code(file)}/"
        file.refresh_from_db()
        assert (file.state, file.confirmed_by) == ("posting", f"person:{self.analyst.pk}")

    def test_after_posting_it_says_who_paid_and_leads_to_the_payments(self):
        make_contract(account_number="10482937")
        file = posted(self.account, table(paid(1), paid(2, "20.00", "nobody"), paid(3, "fifty")))
        page = self.page(file).content.decode()
        assert "By the account number the payer typed" in page
        assert "1 payment in suspense" in page
        assert f"/payments/?file={file.pk}" in page
        lines = self.page(file, "lines/").content.decode()
        assert lines.count("PAY-") >= Payment.objects.count() == 2
        assert "PAY-" not in self.page(file, "lines/", kind="fee").content.decode()

    def test_rows_and_rejected_rows_can_be_taken_along(self):
        file = posted(self.account, table(paid(1), paid(2, "fifty"), paid(3, "=1+1")))
        rejected = b"".join(self.page(file, "rejected.csv").streaming_content).decode()
        assert rejected.startswith("\ufeffLine,Reason,Date,Receipt,")
        assert "'=1+1" in rejected
        rows = b"".join(self.page(file, "lines.csv", kind="payment").streaming_content).decode()
        assert "10.00" in rows
        assert rows.count("\n") == 2
        assert b"".join(self.page(file, "lines.xlsx").streaming_content).startswith(b"PK")
        original = self.page(file, "original")
        assert b"".join(original.streaming_content) == table(paid(1), paid(2, "fifty"), paid(3, "=1+1"))
        assert original.headers["Content-Type"] == "application/octet-stream"
        assert "attachment" in original.headers["Content-Disposition"]

    def test_a_column_named_like_a_formula_is_no_formula_in_what_is_taken_along(self):
        content = table(paid(1, "fifty")).replace(b";Payer;", b";=1+1|cmd;", 1)
        file = uploaded(content, source_account_id=self.account.pk)
        columns = {name: at for name, at in MAPPING["columns"].items() if name != "payer_name"}
        mapping = MAPPING | {"columns": columns}
        map_file(file.pk, source_account_id=self.account.pk, mapping=mapping, by=DESK, now=NOON)
        read_file(file.pk, by=WORKER, now=NOON)
        answer = self.page(file, "rejected.csv")
        head = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[0]
        assert "'=1+1|cmd" in head.split(",")

    def test_a_refused_file_says_why_and_what_to_do(self):
        page = self.page(uploaded(b"%PDF-1.7 a letter", "letter.pdf")).content.decode()
        assert "paydesk does not read" in page
        assert "upload" in page.lower()

    def test_a_file_is_put_aside_with_a_reason_and_a_posted_one_is_not(self):
        file = mapped(self.account, table(paid(1)))
        self.client.post(f"/intake/{code(file)}/discard/", {"reason": "A test export."}, headers=HTMX)
        assert b"A test export." in self.page(file).content
        done = posted(self.account, table(paid(2)))
        refused = self.client.post(f"/intake/{code(done)}/discard/", {"reason": "x"}, headers=HTMX)
        assert refused.status_code == 409
        done.refresh_from_db()
        assert done.state == "posted"

    def test_the_number_of_queries_does_not_grow_with_the_rows(self):
        make_contract(account_number="10482937")
        few = posted(self.account, table(paid(1), paid(2)))
        many = posted(self.account, table(*[paid(n) for n in range(3, 40)]))
        self.page(few)
        for part in ("", "lines/", "rejected/"):
            counts = []
            for file in (few, many):
                with CaptureQueriesContext(connection) as queries:
                    assert self.page(file, part).status_code == 200
                counts.append(len(queries))
            assert counts[0] == counts[1] <= 22, part

    def test_an_auditor_sees_everything_and_can_change_nothing(self):
        file = mapped(self.account, table(paid(1)))
        self.client.force_login(make_person("Ada Auditor", "AU"))
        page = self.page(file).content.decode()
        assert "Post 1 payment, 10.00 GHS" in page
        assert "Team lead can" in page
        for part in ("post/", "discard/"):
            assert self.client.post(f"/intake/{code(file)}/{part}", headers=HTMX).status_code == 403
        file.refresh_from_db()
        assert file.state == "previewed"
