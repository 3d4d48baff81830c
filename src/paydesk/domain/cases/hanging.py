"""What of this package and of those below may hang on a case, so that its page asks for all of it at once."""

from __future__ import annotations

from paydesk.domain.cases.models import Attachment, Case, Commitment, Draft, SideTalk, SplitOff, WaitingFile
from paydesk.foundation.assignments.models import Assignment, Note
from paydesk.foundation.attached.queries import hangs_on
from paydesk.foundation.clocks.models import ClockPause

KIND = "case"
FILES = """
    SELECT FROM cases_attachment a JOIN cases_message m ON m.id = a.message_id WHERE m.case_id = %(id)s
     UNION ALL
    SELECT FROM cases_attachment JOIN cases_splitoff s USING (message_id) WHERE s.case_id = %(id)s
"""
PAUSES = """
    SELECT FROM clocks_pause p JOIN clocks_clock c ON c.id = p.clock_id
     WHERE c.subject_kind = %(kind)s AND c.subject_id = %(id)s
"""
# Into which another went, or which went into another; or which has a parent or children.
RELATED = """
    SELECT FROM cases_case WHERE merged_into_id = %(id)s OR parent_id = %(id)s
       OR id = %(id)s AND (merged_into_id IS NOT NULL OR parent_id IS NOT NULL)
"""
# What was split off into it, or out of it.
SPLIT = "SELECT FROM cases_splitoff WHERE case_id = %(id)s OR out_of_id = %(id)s"


def register() -> None:
    for model in (Assignment, Commitment, Draft, Note, SideTalk, WaitingFile):
        hangs_on(KIND, model)
    hangs_on(KIND, Attachment, FILES)
    hangs_on(KIND, ClockPause, PAUSES)
    hangs_on(KIND, Case, RELATED)
    hangs_on(KIND, SplitOff, SPLIT)
