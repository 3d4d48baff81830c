-- The day an event is booked on: its own, or the day it is posted where its own is closed already.
CREATE FUNCTION ledger_open_day(p_market text, p_day date, p_at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM ledger_closed_period WHERE market = p_market AND closed_through >= p_day
    ) THEN (p_at AT TIME ZONE 'UTC')::date ELSE p_day END
$$;
