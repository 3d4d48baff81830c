"""Verbs on runs over two files."""

from paydesk.reporting.two_file_runs.actions.files import map_file, swap_files, upload_file
from paydesk.reporting.two_file_runs.actions.runs import (
    cancel_run,
    delete_old_runs,
    delete_run,
    record_download,
    start_run,
)
from paydesk.reporting.two_file_runs.actions.work import match_run, read_file

__all__ = [
    "cancel_run",
    "delete_old_runs",
    "delete_run",
    "map_file",
    "match_run",
    "read_file",
    "record_download",
    "start_run",
    "swap_files",
    "upload_file",
]
