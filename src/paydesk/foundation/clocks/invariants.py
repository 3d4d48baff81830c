"""What must hold of clocks: names, sentences and SQL whose rows break it."""

INVARIANTS = (
    (
        "clock_pauses_fit",
        "A clock is paused exactly while one of its pauses goes on, and ended clocks have none that does.",
        "SELECT 'clock ' || c.id, c.paused_at, p.at FROM clocks_clock c"
        " LEFT JOIN clocks_pause p ON p.clock_id = c.id AND p.until IS NULL"
        " WHERE c.paused_at IS DISTINCT FROM p.at OR c.paused_until IS DISTINCT FROM p.ends_by",
    ),
    (
        "late_clocks_are_breached",
        "A clock that ended after its due time is a breach, unless it was waived or merged.",
        "SELECT 'clock ' || id, due_at, ended_at FROM clocks_clock"
        " WHERE ended_as = 'met' AND ended_at > due_at AND breached_at IS NULL",
    ),
    (
        "open_clocks_go_by_the_newest_versions",
        "A clock that runs in time goes by the last policy of its market that came into force by its start,"
        " and the newest calendar.",
        "SELECT 'clock ' || c.id, 'policy ' || c.policy_id, 'calendar ' || c.calendar_id"
        " FROM clocks_clock c"
        " JOIN clocks_calendar k ON k.id = c.calendar_id JOIN clocks_policy p ON p.id = c.policy_id"
        " WHERE c.ended_as = '' AND c.breached_at IS NULL AND c.due_at > now()"
        " AND (EXISTS (SELECT FROM clocks_calendar n WHERE n.name = k.name AND n.version > k.version)"
        " OR EXISTS (SELECT FROM clocks_policy n WHERE n.kind = c.kind"
        " AND (n.holds_from IS NULL OR n.holds_from <= c.start_at) AND (n.market = p.market"
        " AND (coalesce(n.holds_from, n.made_at), n.version) > (coalesce(p.holds_from, p.made_at), p.version)"
        " OR n.market = c.market AND p.market = '')))",
    ),
    (
        "escalations_of_their_time",
        "A step fires at or after its time, and is acknowledged after it fired.",
        "SELECT 'escalation ' || id, due_at, fired_at FROM clocks_escalation"
        " WHERE fired_at < due_at OR acknowledged_at < fired_at",
    ),
)
