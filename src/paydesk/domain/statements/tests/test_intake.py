"""Files on their way in: recognised, mapped, read, previewed, posted; every row accounted for."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import TestCase

from paydesk.domain.payments.actions import confirm_file, post_file
from paydesk.domain.payments.models import Payment
from paydesk.domain.statements.actions import FileRefused, discard_file, map_file, read_file, upload_file
from paydesk.domain.statements.models import RejectedLine, SourceFile, StatementLine
from paydesk.domain.statements.queries import preview
from paydesk.importers import camt, delimited, stripe
from paydesk.kernel.refused import TransitionRefused
from tests.builders import ANALYST, NOON, WORKER, make_contract, make_source_account

HEADER = "Date;Receipt;Reference;Phone;Amount;Status"
MAPPING = delimited.Mapping(
    columns={
        "occurred": ("Date",),
        "provider_ref": ("Receipt",),
        "reference": ("Reference",),
        "msisdn": ("Phone",),
        "amount": ("Amount",),
        "status": ("Status",),
    },
    currency="GHS",
    time_zone="Africa/Accra",
    market="GH",
    statuses={"paid": "success", "failed": "failed"},
).to_json()


def csv(*rows: str) -> io.BytesIO:
    return io.BytesIO("\n".join([HEADER, *rows, ""]).encode())


class TakeFilesIn(TestCase):
    def setUp(self):
        self.account = make_source_account()

    def upload(self, content: io.BytesIO, **fields) -> SourceFile:
        file = upload_file(content, filename="momo.csv", by=ANALYST, now=NOON, **fields).file
        return read_file(file.pk, by=WORKER, now=NOON)

    def known_profile(self):
        file = self.upload(csv("01-03-2026 09:00:00;R0;x;0244000000;1.00;failed"))
        map_file(
            file.pk,
            source_account_id=self.account.pk,
            mapping=MAPPING,
            save_as="Momo portal",
            by=ANALYST,
            now=NOON,
        )
        return read_file(file.pk, by=WORKER, now=NOON)

    def test_a_table_new_to_the_desk_waits_for_its_mapping_and_the_next_one_is_recognised(self):
        first = self.upload(csv("01-03-2026 09:00:00;R0;x;0244000000;1.00;failed"))
        assert (first.state, first.source_account, bool(first.problem)) == ("mapping_needed", None, True)
        map_file(
            first.pk,
            source_account_id=self.account.pk,
            mapping=MAPPING,
            save_as="Momo portal",
            by=ANALYST,
            now=NOON,
        )
        read = read_file(first.pk, by=WORKER, now=NOON)
        assert read.state == "previewed"
        assert read.profile.mapping["header"] == list(delimited.header_keys(HEADER.split(";")))
        second = self.upload(csv("02-03-2026 09:00:00;R9;x;0244000000;1.00;paid"))
        assert (second.state, second.source_account, second.profile.name) == (
            "previewed",
            self.account,
            "Momo portal",
        )

    def test_every_row_is_a_line_or_a_rejected_line_with_a_reason(self):
        self.known_profile()
        file = self.upload(
            csv(
                "02-03-2026 09:00:00;R1;10482937;0244000001;50.00;paid",
                "02-03-2026 09:01:00;R2;10482937;0244000001;fifty;paid",
                "31-02-2026 09:02:00;R3;10482937;0244000001;50.00;paid",
                "02-03-2026 09:03:00;R4;10482937;0244000001;50.00;maybe",
                "02-03-2026 09:04:00;R5;10482937;0244000001;50.00;failed",
            )
        )
        assert (file.line_count, file.rejected_count) == (2, 3)
        rejected = dict(RejectedLine.objects.filter(file=file).values_list("line_no", "reason"))
        assert sorted(rejected) == [3, 4, 5]
        assert "fifty" in rejected[3]
        assert "maybe" in rejected[5]

    def test_the_preview_counts_new_against_known_and_names_gap_and_overlap(self):
        self.known_profile()
        one = self.upload(csv("02-03-2026 09:00:00;R1;a;;50.00;paid", "02-03-2026 18:00:00;R2;a;;50.00;paid"))
        confirm_file(one.pk, by=ANALYST, now=NOON)
        post_file(one.pk, by=WORKER, now=NOON)
        two = self.upload(csv("02-03-2026 17:00:00;R5;a;;5.00;paid", "02-03-2026 18:00:00;R2;a;;50.00;paid"))
        seen = preview(two)
        assert (seen.new, seen.known, seen.in_conflict) == (1, 1, 0)
        assert [(p.file_id, seen.place.overlap) for p in seen.place.overlapping] == [
            (one.pk, timedelta(hours=1))
        ]
        assert not seen.place.has_gap
        four = self.upload(csv("04-03-2026 11:00:00;R4;a;;20.00;paid"))
        assert preview(four).place.gap_before == timedelta(days=1, hours=17)

    def post(self, *rows: str) -> SourceFile:
        file = self.upload(csv(*rows))
        confirm_file(file.pk, by=ANALYST, now=NOON)
        return post_file(file.pk, by=WORKER, now=NOON)

    def test_a_file_of_older_rows_is_compared_with_its_neighbours_in_time_not_with_the_last_upload(self):
        self.known_profile()
        later = self.post("20-02-2026 09:00:00;R1;a;;1.00;paid", "20-02-2026 18:00:00;R2;a;;1.00;paid")
        earlier = self.post("10-02-2026 09:00:00;R3;a;;1.00;paid", "10-02-2026 18:00:00;R4;a;;1.00;paid")
        between = self.upload(
            csv("11-02-2026 08:00:00;R5;a;;1.00;paid", "12-02-2026 18:00:00;R6;a;;1.00;paid")
        )
        place = preview(between).place
        assert place.before is not None
        assert (place.before.file_id, place.gap_before) == (earlier.pk, None)
        assert place.after is not None
        assert (place.after.file_id, place.has_gap) == (later.pk, True)
        inside = self.upload(
            csv("10-02-2026 10:00:00;R7;a;;1.00;paid", "10-02-2026 11:00:00;R8;a;;1.00;paid")
        )
        place = preview(inside).place
        assert ([p.file_id for p in place.overlapping], place.overlap) == ([earlier.pk], timedelta(hours=1))
        assert not place.has_gap

    def test_totals_of_payments_hold_no_row_that_makes_none(self):
        self.known_profile()
        file = self.upload(
            csv(
                "02-03-2026 09:00:00;R1;a;;50.00;paid",
                "02-03-2026 09:01:00;R2;a;;0.005;paid",
                "02-03-2026 09:02:00;R3;a;;-7.00;paid",  # of another kind: money went out
                "02-03-2026 09:03:00;R4;a;;0.00;paid",
            )
        )
        waits = "Money paid out. Recoverable (1310) until it is known whom it paid."
        totals = {total.why: (total.rows, total.amount, total.payments) for total in preview(file).totals}
        assert totals == {
            "": (1, Decimal("50"), 1),
            "The amount is not a whole number of minor units of GHS.": (1, Decimal("0.005"), 0),
            waits: (1, Decimal("-7"), 0),
            "No money came in by this row.": (1, Decimal(0), 0),
        }

    def test_posting_makes_payments_once_however_often_and_overlapping_files_merge(self):
        self.known_profile()
        make_contract(account_number="10482937")
        rows = [f"02-03-2026 09:0{n}:00;R{n};10482937;;10.00;paid" for n in range(1, 6)]
        for part in (rows[:3], rows[1:], rows):
            file = self.upload(csv(*part))
            confirm_file(file.pk, by=ANALYST, now=NOON)
            confirm_file(file.pk, by=ANALYST, now=NOON)
            post_file(file.pk, by=WORKER, now=NOON)
            post_file(file.pk, by=WORKER, now=NOON)
        assert Payment.objects.count() == 5
        assert StatementLine.objects.filter(kind="payment", status="success").count() == 5
        counts = (
            SourceFile.objects.filter(state="posted").order_by("pk").values_list("new_count", "known_count")
        )
        assert list(counts) == [(3, 0), (2, 2), (0, 5)]

    def test_the_same_content_again_is_the_same_file(self):
        first = upload_file(
            csv("02-03-2026 09:00:00;R1;a;;50.00;paid"), filename="a.csv", by=ANALYST, now=NOON
        )
        again = upload_file(
            csv("02-03-2026 09:00:00;R1;a;;50.00;paid"), filename="b.csv", by=ANALYST, now=NOON
        )
        assert (again.file, again.already_here) == (first.file, True)

    def test_a_row_that_contradicts_what_is_stored_is_rejected_with_both_figures(self):
        self.known_profile()
        for amount in ("50.00", "40.00"):
            file = self.upload(csv(f"02-03-2026 09:00:00;R1;a;;{amount};paid"))
            confirm_file(file.pk, by=ANALYST, now=NOON)
            post_file(file.pk, by=WORKER, now=NOON)
        reason = RejectedLine.objects.get().reason
        assert "says 40 GHS for R1" in reason
        assert "stored already with 50 GHS" in reason
        assert Payment.objects.get().amount_minor == 50_00

    def test_equal_rows_without_a_provider_id_are_each_a_row_and_still_import_once(self):
        mapping = {**MAPPING, "columns": {**MAPPING["columns"], "provider_ref": []}}
        rows = ["02-03-2026;;a;;50.00;paid", "02-03-2026;;a;;50.00;paid"]
        for content in (csv(*rows), csv(*rows, "03-03-2026;;a;;50.00;paid")):
            file = self.upload(content, source_account_id=self.account.pk)
            map_file(file.pk, source_account_id=self.account.pk, mapping=mapping, by=ANALYST, now=NOON)
            read_file(file.pk, by=WORKER, now=NOON)
            confirm_file(file.pk, by=ANALYST, now=NOON)
            post_file(file.pk, by=WORKER, now=NOON)
        assert Payment.objects.count() == 3

    def test_a_file_that_is_not_what_it_claims_is_refused_with_one_sentence(self):
        file = self.upload(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"\0" * 500))
        assert file.state == "refused"
        assert file.problem.count(". ") == 0
        assert file.problem.endswith(".")

    def test_a_file_put_aside_can_be_handed_over_again_but_a_confirmed_one_cannot_be_put_aside(self):
        self.known_profile()
        file = self.upload(csv("02-03-2026 09:00:00;R1;a;;50.00;paid"))
        discard_file(file.pk, reason="Wrong day.", by=ANALYST, now=NOON)
        again = self.upload(csv("02-03-2026 09:00:00;R1;a;;50.00;paid"))
        assert again.pk != file.pk
        confirm_file(again.pk, by=ANALYST, now=NOON)
        with pytest.raises(TransitionRefused):
            discard_file(again.pk, reason="", by=ANALYST, now=NOON)

    def test_a_row_dated_far_ahead_is_warned_of_and_does_not_count_as_coverage(self):
        self.known_profile()
        file = self.upload(
            csv("02-03-2026 09:00:00;R1;a;;50.00;paid", "31-12-2099 09:00:00;R2;a;;50.00;paid")
        )
        assert (file.line_count, file.covers_to.date().isoformat()) == (2, "2026-03-02")
        assert any("2099-12-31" in warning["text"] for warning in file.warnings)


def zipped(**files: bytes) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


STRIPE = (Path(stripe.__file__).parent / "samples" / "invented_payouts.csv").read_bytes()
CAMT = (Path(camt.__file__).parent / "samples" / "batch_and_reversal.xml").read_bytes()
MT940 = (
    b":20:INVENTED\n:25:%b\n:28C:1/1\n:60F:C260301EUR0,\n:61:2603010301C1,00NTRFA\n:62F:C260301EUR1,00\n-\n"
)


class WhoseFileItIs(TestCase):
    """A report of one provider is not taken for an account with another, and damage is said at once."""

    def setUp(self):
        self.hubtel = make_source_account(provider="hubtel", name="Hubtel till")

    def upload(self, content: io.BytesIO, **fields) -> SourceFile:
        file = upload_file(content, filename="upload", by=ANALYST, now=NOON, **fields).file
        return read_file(file.pk, by=WORKER, now=NOON)

    def map(self, file: SourceFile, account) -> SourceFile:
        return map_file(file.pk, source_account_id=account.pk, mapping=None, by=ANALYST, now=NOON)

    def test_a_report_of_stripe_is_refused_for_an_account_with_hubtel_and_nothing_changes(self):
        number = self.hubtel.identifier.encode()
        for content in (STRIPE, zipped(**{"a.csv": STRIPE, "b.sta": MT940 % number}).getvalue()):
            asked = self.upload(io.BytesIO(content), source_account_id=self.hubtel.pk)
            assert (asked.state, asked.source_account) == ("mapping_needed", None)
            assert "comes from Stripe" in asked.problem
            assert "Hubtel till is held with Momo" in asked.problem
            with pytest.raises(FileRefused, match="Choose an account with Stripe, or add it."):
                self.map(asked, self.hubtel)
            asked.refresh_from_db()
            assert (asked.state, asked.source_account) == ("mapping_needed", None)
        bank = make_source_account(provider="invented-bank", ledger_code="1010", currency="EUR")
        bank.provider.kind, bank.provider.name = "bank", "Invented Bank"
        bank.provider.save()
        with pytest.raises(FileRefused, match="comes from Stripe"):
            self.map(asked, bank)

    def test_it_is_taken_for_an_account_with_its_provider_or_one_we_cannot_tell(self):
        for code, name in (("stripe-eu", "Stripe"), ("our-psp", "Our payment provider")):
            account = make_source_account(provider=code, currency="EUR")
            account.provider.name = name
            account.provider.save()
            file = self.upload(io.BytesIO(STRIPE + b"\n" * len(code)), source_account_id=account.pk)
            assert file.state == "previewed", file.problem

    def test_what_every_bank_sends_may_be_of_any_account(self):
        file = self.upload(io.BytesIO(MT940 % self.hubtel.identifier.encode()))
        assert (file.state, file.source_account) == ("previewed", self.hubtel)

    def test_damage_further_down_is_said_before_anybody_is_asked_for_the_account(self):
        cut = CAMT[: CAMT.rindex(b"<Ntry>") + 40]
        for content in (zipped(**{"a.csv": STRIPE, "b.xml": cut}), io.BytesIO(cut)):
            file = self.upload(content)
            assert file.state == "refused", file.problem
            assert "is damaged (line" in file.problem
        tables = zipped(**{"a.csv": csv("01-03-2026;R1;x;;1.00;paid").getvalue(), "b.csv": HEADER.encode()})
        assert self.upload(tables).problem.startswith("b.csv: ")
