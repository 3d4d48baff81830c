"""Two files from the upload to what was found, as the command finds it."""

from __future__ import annotations

import dataclasses
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import TestCase, override_settings

from paydesk.cli import main
from paydesk.foundation.audit.models import AuditRecord
from paydesk.kernel.actor import Actor
from paydesk.kernel.refused import NotAllowedRefused, Refused, TransitionRefused
from paydesk.reporting.two_file_runs import folders
from paydesk.reporting.two_file_runs.actions import (
    cancel_run,
    delete_old_runs,
    delete_run,
    map_file,
    match_run,
    read_file,
    record_download,
    start_run,
    swap_files,
    upload_file,
)
from paydesk.reporting.two_file_runs.child import JobBroke, JobStopped, run_job
from paydesk.reporting.two_file_runs.models import RunFile, SavedMap, TwoFileRun
from paydesk.reporting.two_file_runs.queries import RIGHT, proofs_of, runs, saved_maps
from paydesk.reporting.two_file_runs.tasks import take_up
from paydesk.reporting.two_file_runs.tests.pair import (
    OURS,
    PORTAL,
    THEIRS,
    drafted,
    finished,
    read,
    side,
    uploaded,
)
from tests.builders import NOON, WORKER

ANALYST = Actor("person", 1, "Priya", frozenset({RIGHT}), frozenset({"GH"}))
OTHER = dataclasses.replace(ANALYST, id=2, name="Kojo")
ABROAD = dataclasses.replace(ANALYST, id=3, name="Wanjiku", markets=frozenset({"KE"}))
MAP = {
    "id": "Receipt", "provider_ref": "Receipt", "credit": "Money in", "debit": "Money out",
    "at": "Date", "status": "Status", "date_order": "dmy", "decimal": ",",
    "time_zone": "Africa/Accra", "default_currency": "GHS",
    "statuses": {"done": "success", "given back": "failed"},
}  # fmt: skip


class Matching(TestCase):
    def test_a_run_finds_what_the_command_writes_to_the_byte(self):
        run = finished(ANALYST)
        result = folders.result_of(run.pk)
        apart = result.parent.parent / "command"
        for name, text in (("ours.csv", OURS), ("theirs.csv", THEIRS)):
            (result.parent / name).write_text(text, encoding="utf-8")
        files = [str(result.parent / name) for name in ("ours.csv", "theirs.csv")]
        assert main(["reconcile", *files, "--out", str(apart), "--json"]) == 0
        for name in ("matches.csv", "exceptions.csv"):
            assert (result / name).read_bytes() == (apart / name).read_bytes(), name
        ours, theirs = (json.loads((each / "summary.json").read_text()) for each in (result, apart))
        assert ours | {"seconds": 0} == theirs | {"seconds": 0}
        assert (run.digest, run.counts) == (theirs["digest"], {"matches": 3, "exceptions": 3})
        assert (result / "result.xlsx").read_bytes().startswith(b"PK")
        ghs, kes = sorted(proofs_of(run), key=lambda proof: proof.currency)
        assert (ghs.adds_up, kes.adds_up) == (True, True)
        assert (str(ghs.whole.left), str(ghs.whole.right)) == ("1257.845678", "1240.5")
        assert (kes.whole.left_rows, str(kes.whole.right)) == (0, "9")
        self._the_trail_says_what_was_done_and_names_no_file(run)

    def _the_trail_says_what_was_done_and_names_no_file(self, run: TwoFileRun) -> None:
        record_download(run.pk, form="zip", by=OTHER, now=NOON)
        with self.captureOnCommitCallbacks(execute=True):
            delete_run(run.pk, by=ANALYST, now=NOON)
        records = AuditRecord.objects.filter(subject_kind="two_file_run").order_by("pk")
        assert [record.verb.removeprefix("two_files.") for record in records] == [
            "uploaded", "read", "uploaded", "read", "started", "finished", "downloaded", "deleted",
        ]  # fmt: skip
        assert "ours.csv" not in str([record.changes for record in records])
        assert records[7].changes["digest"] == run.digest
        assert (folders.of_run(run.pk).exists(), RunFile.objects.exists()) == (False, False)

    def test_it_is_started_once_and_only_when_both_files_were_read(self):
        run = uploaded(OURS, "left", ANALYST)
        with pytest.raises(Refused, match="Both files have to be read"):
            start_run(run.pk, by=ANALYST, now=NOON)
        uploaded(THEIRS, "right", ANALYST, run)
        start_run(run.pk, by=ANALYST, now=NOON)
        for verb in (start_run, swap_files):
            with pytest.raises(TransitionRefused):
                verb(run.pk, by=ANALYST, now=NOON)
        with pytest.raises(Refused, match="Stop it first"):
            delete_run(run.pk, by=ANALYST, now=NOON)

    def test_a_cancelled_run_leaves_nothing_and_may_be_started_again_after_a_change(self):
        run = drafted(ANALYST)
        start_run(run.pk, by=ANALYST, now=NOON)

        def cancelled_meanwhile(*args: Any, is_wanted: Any, **kwargs: Any) -> dict[str, Any]:
            assert is_wanted()
            cancel_run(run.pk, by=ANALYST, now=NOON)
            assert not is_wanted()
            raise JobStopped

        match_run(run.pk, by=WORKER, now=NOON, job=cancelled_meanwhile)
        run.refresh_from_db()
        assert (run.state, folders.result_of(run.pk).exists()) == ("cancelled", False)
        swap_files(run.pk, by=ANALYST, now=NOON)
        read(run)
        run.refresh_from_db()
        assert (run.state, side(run, "left").filename, side(run, "left").state) == (
            "draft", "theirs.csv", "ready",
        )  # fmt: skip
        assert "left, not used" not in str(side(run, "left").told["warnings"])

    def test_a_job_that_breaks_fails_the_run_with_a_sentence(self):
        run = drafted(ANALYST)
        start_run(run.pk, by=ANALYST, now=NOON)

        def broken(*args: Any, **kwargs: Any) -> dict[str, Any]:
            raise JobBroke("killed")

        match_run(run.pk, by=WORKER, now=NOON, job=broken)
        run.refresh_from_db()
        assert (run.state, run.problem[:21]) == ("failed", "It broke off (killed)")


class Files(TestCase):
    def test_a_file_says_what_it_is_what_it_comes_to_and_what_to_know(self):
        told = side(uploaded(OURS, "left", ANALYST), "left").told
        assert (told["format"], told["rows"], told["totals"]) == (
            "csv", 5, [["GHS", "success", 5, "1257.845678"]],
        )  # fmt: skip
        assert (told["last"] - told["first"], told["columns"]["at"]) == (3600, "at")

    def test_an_unknown_table_asks_and_the_saved_map_is_offered_for_the_next(self):
        run = uploaded(PORTAL, "right", ANALYST)
        file = side(run, "right")
        assert (file.state, "new here" in file.problem) == ("asking", True)
        first = {name: column for name, column in MAP.items() if name != "statuses"}
        map_file(run.pk, "right", map=first, by=ANALYST, now=NOON)
        read(run)
        file.refresh_from_db()
        assert (file.state, file.asked) == ("asking", {"Done": 2, "Given back": 1})
        header = file.told["header"]
        map_file(run.pk, "right", map=MAP, save_as="Portal", header=header, by=ANALYST, now=NOON)
        read(run)
        file.refresh_from_db()
        assert (file.state, file.told["totals"]) == (
            "ready", [["GHS", "success", 2, "170"], ["GHS", "failed", 1, "-5"]],
        )  # fmt: skip
        again = side(uploaded(PORTAL, "right", OTHER), "right")
        assert [each.name for each in saved_maps(again.told["header"])] == ["Portal"]
        assert SavedMap.objects.get().map["credit"] == "Money in"
        with pytest.raises(Refused, match="not both"):
            map_file(run.pk, "right", map={"amount": "a", "credit": "b"}, by=ANALYST, now=NOON)

    def test_what_is_no_side_is_refused_in_one_sentence(self):
        for content, says in ((b"\x89PNG\r\n\x1a\n\x00\x00", "does not read"), (b"PAR1 damaged", "damaged")):
            file = side(uploaded(content, "left", ANALYST, name="x.bin"), "left")
            assert (file.state, says in file.problem) == ("refused", True), file.problem
            assert "left, " not in file.problem
        with pytest.raises(Refused, match="empty"):
            upload_file(io.BytesIO(b""), filename="a.csv", side="left", by=ANALYST, now=NOON)
        with override_settings(DOCUMENT_SIZE_LIMIT_BYTES=5), pytest.raises(Refused, match="can be stored"):
            upload_file(io.BytesIO(b"123456"), filename="a.csv", side="left", by=ANALYST, now=NOON)
        assert not any(path.is_file() for path in (folders.folder() / "incoming").iterdir())

    def test_another_file_takes_the_place_of_the_first_and_undoes_the_result(self):
        run = drafted(ANALYST)
        before = side(run, "left")
        with self.captureOnCommitCallbacks(execute=True):
            uploaded("id,amount,currency\nA,1,GHS\n", "left", ANALYST, run)
        assert (side(run, "left").told["rows"], folders.file_of(before).exists()) == (1, False)
        assert side(run, "right").state == "ready"


class WhoAndHowLong(TestCase):
    def test_a_run_is_seen_by_its_maker_and_by_people_of_the_same_markets(self):
        run = uploaded(OURS, "left", ANALYST)
        everywhere = dataclasses.replace(OTHER, markets=None)
        assert [list(runs(actor)) for actor in (ANALYST, OTHER, everywhere, ABROAD)] == [
            [run], [run], [run], [],
        ]  # fmt: skip
        for verb in (start_run, swap_files, cancel_run, delete_run):
            with pytest.raises(TwoFileRun.DoesNotExist):
                verb(run.pk, by=ABROAD, now=NOON)
        nobody = dataclasses.replace(ANALYST, rights=frozenset())
        with pytest.raises(NotAllowedRefused):
            upload_file(io.BytesIO(b"x"), filename="a", side="left", by=nobody, now=NOON)
        with pytest.raises(NotAllowedRefused):
            delete_run(run.pk, by=OTHER, now=NOON)

    def test_what_nobody_touched_is_deleted_after_its_time(self):
        run = drafted(ANALYST)
        assert delete_old_runs(by=WORKER, now=NOON + timedelta(days=29)) == 0
        with self.captureOnCommitCallbacks(execute=True):
            assert delete_old_runs(by=WORKER, now=NOON + timedelta(days=31)) == 1
        assert not folders.of_run(run.pk).exists()


def test_a_killed_worker_is_followed_by_one_that_goes_on(committed_db: str) -> None:
    """The job in a process of its own: stopped when it is no longer wanted, and begun again by the next."""
    run = upload_file(io.BytesIO(OURS.encode()), filename="ours.csv", side="left", by=ANALYST, now=NOON)
    file = side(run, "left")

    def died(*args: Any, **kwargs: Any) -> dict[str, Any]:
        with pytest.raises(JobStopped):
            run_job(*args, **kwargs | {"is_wanted": lambda: False, "say": lambda told: None})
        raise SystemExit

    with pytest.raises(SystemExit):
        read_file(file.pk, by=WORKER, now=NOON, job=died)
    assert take_up(NOON) == 1
    file.refresh_from_db()
    assert (file.state, file.told["rows"]) == ("ready", 5)
    assert not list((folders.of_run(run.pk) / "work").iterdir())
