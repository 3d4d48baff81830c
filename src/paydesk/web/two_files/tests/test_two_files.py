"""The screens of two files: what each says of a file, of a map, of a result, and to whom."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext

from paydesk.foundation.audit.models import AuditRecord
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.actions import start_run
from paydesk.reporting.two_file_runs.models import SavedMap, TwoFileRun
from paydesk.reporting.two_file_runs.queries import code
from paydesk.reporting.two_file_runs.tests.pair import OURS, PORTAL, THEIRS, drafted, finished, read, uploaded
from tests.browser.people import make_person
from tests.builders import NOON

HTMX = {"HX-Request": "true"}
ROLES = ("AN", "TL", "FC", "AU")


class Desk(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = {
            role: make_person(f"{role} Person", role, email=f"{role}@two.example".lower()) for role in ROLES
        }
        cls.analyst = cls.people["AN"]

    def setUp(self) -> None:
        self.client.force_login(self.analyst)

    def page(self, run: TwoFileRun, part: str = "", status: int = 200, **headers: str) -> str:
        answer = self.client.get(f"/reconcile/{code(run.pk)}/{part}", headers=headers)
        assert answer.status_code == status, answer.content[:500]
        return answer.content.decode()


class Files(Desk):
    def send(self, name: str, content: str, **said: str) -> Any:
        file = SimpleUploadedFile(name, content.encode())
        return self.client.post("/reconcile/upload/", {"file": file, **said}, headers=HTMX)

    def test_a_file_dropped_on_each_side_makes_one_run_that_can_be_started_when_both_are_read(self):
        assert "Nothing is reconciled yet" in self.client.get("/reconcile/").content.decode()
        first = self.send("ours.csv", OURS, side="left")
        run = TwoFileRun.objects.get()
        assert first.headers["HX-Redirect"] == f"/reconcile/{code(run.pk)}/"
        assert "being read" in self.page(run)
        read(run)
        page = self.page(run)
        assert "Table (CSV)" in page
        assert "1,257.845678" in page
        assert "Both files have to be read first." in page
        assert self.send("theirs.csv", THEIRS, side="right", run=code(run.pk)).status_code == 201
        read(run)
        assert 'type="submit" data-hotkey="p"' in self.page(run)
        started = self.client.post(f"/reconcile/{code(run.pk)}/start/")
        assert started.status_code == 302
        run.refresh_from_db()
        page = self.page(run)
        assert (run.state, "Same provider id" in page, "Stop<" in page) == ("running", True, True)
        version = self.client.get(f"/reconcile/{code(run.pk)}/").context["each"].version
        assert self.client.get(f"/reconcile/{code(run.pk)}/?v={version}", headers=HTMX).status_code == 204
        assert self.client.post(f"/reconcile/{code(run.pk)}/stop/").status_code == 302
        assert "Stopped before it was done." in self.page(run)

    def test_what_cannot_be_a_side_is_refused_beside_it(self):
        run = uploaded(b"\x89PNG\r\n\x1a\n\x00\x00", "left", self.analyst.actor(), name="photo.png")
        assert "which paydesk does not read" in self.page(run)
        assert self.send("a.csv", "", side="left").status_code == 409
        two = [SimpleUploadedFile("a", b"a"), SimpleUploadedFile("b", b"b")]
        answer = self.client.post("/reconcile/upload/", {"file": two, "side": "left"}, headers=HTMX)
        assert b"one file on each side" in answer.content

    def test_the_list_names_who_when_checksums_and_digest_in_few_queries(self):
        run = drafted(self.analyst.actor())
        self.client.get("/reconcile/")
        with CaptureQueriesContext(connection) as few:
            page = self.client.get("/reconcile/").content.decode()
        assert "ours.csv against theirs.csv" in page
        assert "AN Person" in page
        for _ in range(3):
            TwoFileRun.objects.create(made_by=run.made_by, made_at=NOON, changed_at=NOON).files.create(
                side="left",
                filename="x.csv",
                sha256="0" * 64,
                size_bytes=1,
                uploaded_by="x",
                uploaded_at=NOON,
            )
        with CaptureQueriesContext(connection) as many:
            self.client.get("/reconcile/")
        assert len(few) == len(many) <= 18

    def test_a_run_that_is_not_done_has_nothing_to_look_through(self):
        run = drafted(self.analyst.actor())
        start_run(run.pk, by=self.analyst.actor(), now=NOON)
        self.page(run, "matches/", status=409)
        self.page(run, "result.zip", status=409)


class Mapping(Desk):
    def test_columns_are_said_beside_the_first_rows_and_the_map_is_offered_again(self):
        run = uploaded(PORTAL, "right", self.analyst.actor(), name="portal 2026-03.csv")
        address = f"/reconcile/{code(run.pk)}/columns/right/"
        page = self.client.get(address).content.decode()
        for words in (
            "Receipt (P1)",
            "What the statuses mean",
            "not said yet",
            "Not said yet: &#x27;Given back&#x27;",
        ):
            assert words in page, words
        form = self.client.get(address).context["form"]
        said: dict[str, Any] = {f"column_{name}": column for name, column in form.map.columns.items()}
        said |= {name: value for name, _, value, _ in form.settings} | {
            "default_currency": "GHS", "words_for": form.status_column,
            "status_word": ["Done", "Given back"], "status_means": ["success", "failed"],
        }  # fmt: skip
        assert (said["column_credit"], said["date_order"], said["decimal"]) == ("Money in", "dmy", ",")
        shown = self.client.post(f"{address}first-rows", said, headers=HTMX).content.decode()
        assert "3 read" in shown
        assert "\u22125.00" in shown
        sent = said | {"save": "1", "save_as": "Portal"}
        assert self.client.post(address, sent).status_code == 302
        read(run)
        assert "Dates day first, times in UTC" in self.page(run)
        again = uploaded(PORTAL, "right", self.people["TL"].actor())
        offered = self.client.get(f"/reconcile/{code(again.pk)}/columns/right/").content.decode()
        number = SavedMap.objects.get(name="Portal").pk
        assert f'href="?use={number}"' in offered
        used = self.client.get(f"/reconcile/{code(again.pk)}/columns/right/?use={number}")
        assert "not said yet" not in used.content.decode()
        assert (
            "credit: Money in" in self.client.get(f"/reconcile/{code(run.pk)}/columns.yaml").content.decode()
        )


class Result(Desk):
    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        folder = tempfile.TemporaryDirectory()  # the result is made once for all tests of this class
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        with override_settings(DOCUMENTS_FOLDER=cls.folder):
            cls.run_ = finished(cls.analyst.actor())

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(override_settings(DOCUMENTS_FOLDER=self.folder))

    def test_the_result_goes_from_our_total_to_theirs_and_every_figure_opens_its_rows(self):
        page = self.page(self.run_)
        for words in (
            "Every line is accounted for", "1,257.845678", "1,240.50", self.run_.digest,
            f"/reconcile/{code(self.run_.pk)}/exceptions/?class=amount_mismatch&amp;currency=GHS",
            "./paydesk reconcile ours.csv theirs.csv --out result",
        ):  # fmt: skip
            assert words in page, words
        assert "Table (CSV)" in self.page(self.run_, "files/")

    def test_rows_are_filtered_and_searched_by_the_address(self):
        assert self.page(self.run_, "exceptions/").count("data-row") == 3
        for query, rows in (
            ("class=amount_mismatch", 1), ("currency=KES", 1), ("only=right", 1), ("only=left", 0),
            ("q=75", 1), ("q=P6", 1), ("q=boateng", 1), ("q=nobody", 0),
            ("sort=-amount&page=1", 3), ("class=nonsense", 3),
        ):  # fmt: skip
            assert self.page(self.run_, f"exceptions/?{query}").count("data-row") == rows, query
        assert self.page(self.run_, "matches/?status=confirmed&kind=1:1&q=INV-1").count("data-row") == 1
        rules = [name for name, tally in self.run_.summary["by_rule"].items() if tally["count"] == 1]
        found = [self.page(self.run_, f"matches/?rule={rule}").count("data-row") for rule in rules]
        assert 1 in found
        assert "Clear filters" in self.page(self.run_, "matches/?q=nobody")
        swapped = self.page(self.run_, "exceptions/?q=P6", **HTMX, **{"HX-Target": "rows"})
        assert "<html" not in swapped

    def test_the_two_lines_stand_beside_each_other_with_what_differs_marked(self):
        page = self.page(self.run_, "exceptions/?open=1", **HTMX, **{"HX-Target": "detail"})
        assert "ours is 75.00 GHS and theirs is 70.00 GHS" in page
        assert page.count('class="differs"') == 1  # the amount; a minute between them is near
        assert "by 5" in page
        assert "1 minute apart" in page
        assert "Kofi Boateng" in page
        alone = self.page(self.run_, "exceptions/?open=2")
        assert "They have it, we do not." in alone
        assert self.page(self.run_, "exceptions/?open=999").count("Choose a row") == 1

    def test_people_are_masked_for_who_may_not_see_them_and_did_not_bring_the_files(self):
        self.client.force_login(self.people["AU"])
        page = self.page(self.run_, "exceptions/?open=1")
        assert "Boateng" not in page
        assert "0241234500" not in page
        assert self.page(self.run_, "exceptions/?q=boateng").count("data-row") == 0

    def test_it_is_taken_along_as_a_workbook_and_as_the_files_of_the_command(self):
        found = b"".join(self.client.get(f"/reconcile/{code(self.run_.pk)}/result.zip").streaming_content)
        archive = zipfile.ZipFile(io.BytesIO(found))
        for name in ("matches.csv", "exceptions.csv", "summary.json"):
            assert archive.read(name) == (folders.result_of(self.run_.pk) / name).read_bytes()
        book = b"".join(self.client.get(f"/reconcile/{code(self.run_.pk)}/result.xlsx").streaming_content)
        assert book.startswith(b"PK")
        assert self.client.get(f"/reconcile/{code(self.run_.pk)}/result.pdf").status_code == 404
        verbs = AuditRecord.objects.filter(verb="two_files.downloaded").order_by("pk")
        assert [record.changes["form"] for record in verbs] == ["zip", "xlsx"]

    def test_who_has_the_right_works_with_it_and_others_do_not_find_it(self):
        for role, person in self.people.items():
            self.client.force_login(person)
            assert "ours.csv against theirs.csv" in self.client.get("/reconcile/").content.decode(), role
            assert self.client.get(f"/reconcile/{code(self.run_.pk)}/delete/").status_code == 200
        refused = self.client.post(f"/reconcile/{code(self.run_.pk)}/delete/")
        assert refused.status_code == 403
        self.client.force_login(make_person("Sam Support", "SU"))
        self.page(self.run_, status=403)
        self.client.force_login(make_person("Keyla Analyst", "AN", markets="KE"))
        for part in ("", "matches/", "exceptions/", "files/", "result.zip", "columns/left/", "delete/"):
            self.page(self.run_, part, status=404)
        assert self.client.post(f"/reconcile/{code(self.run_.pk)}/start/").status_code == 404
        assert self.client.get("/reconcile/TFR-0000000/").status_code == 404
