"""What must hold of cases: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "owner_of_a_case_is_that_of_its_assignment",
        "The owner that stands on a case is the owner its assignment names.",
        "SELECT 'case ' || c.id, c.owned_by, a.owner_id FROM cases_case c LEFT JOIN assignments_assignment a"
        " ON a.subject_kind = 'case' AND a.subject_id = c.id WHERE c.owned_by IS DISTINCT FROM a.owner_id",
    ),
)
