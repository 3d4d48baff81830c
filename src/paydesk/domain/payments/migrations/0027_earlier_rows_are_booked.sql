-- Rows that came before every row was booked: booked now, in the order in which they came. What was kept back of them (their
-- fee column) is booked already, under keys of its own batches, so this is no call of payments_book_provider_rows. Changes
-- of currency were counted with nothing booked of them.
DO $$
DECLARE
    v_ids bigint[];
    v_after bigint := 0;
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    LOOP
        SELECT array_agg(id), max(id) INTO v_ids, v_after
        FROM (
            SELECT id FROM statements_statementline
            WHERE id > v_after AND NOT withdrawn AND status = 'success' AND amount_minor <> 0
              AND (kind NOT IN ('payment', 'failed', 'fee', 'sweep', 'float_transfer', 'reserve', 'rounding') OR amount_minor < 0)
            ORDER BY id LIMIT 20000
        ) l;
        EXIT WHEN v_ids IS NULL;
        WITH line AS MATERIALIZED (
            SELECT m.*, payments_nobody_asked(m.kind, m.role, m.amount_minor, m.code) AS unasked
            FROM payments_moved(v_ids) m WHERE m.amount_minor <> 0
        ), entry AS MATERIALIZED (
            SELECT (row_number() OVER (ORDER BY id))::integer AS entry_no, l.*,
                   CASE WHEN unasked THEN 'provider.reversal' ELSE 'provider.conversion' END AS entry_kind,
                   CASE WHEN unasked THEN '1310' ELSE '1090' END AS counter
            FROM line l
            WHERE (unasked OR code = '1090')
              AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.idempotency_key = 'row:' || l.id)
        ), stands AS (
            INSERT INTO payments_reversalrow (market, source_account_id, statement_line_id, kind, amount_minor, currency,
                                              booked_on, keys, state, reason, at)
            SELECT l.market, l.source_account_id, l.id, l.kind, -l.amount_minor, l.currency, l.day,
                   payments_words(s.provider_ref || ' ' || s.reference || ' ' || s.network_ref || ' ' || s.text || ' '
                                  || left(s.raw, 20000)) || ARRAY[s.provider_ref] || ARRAY[s.network_ref],
                   'open', 'nobody_asked', now()
            FROM entry l JOIN statements_statementline s ON s.id = l.id
            WHERE l.unasked
            ORDER BY l.id
            ON CONFLICT DO NOTHING
        )
        SELECT (SELECT array_agg(ROW(entry_kind, market, ledger_open_day(market, day, now()), value_on, 'line', id, 'row:' || id,
                                     NULL)::ledger_entry_draft ORDER BY entry_no) FROM entry),
               (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, l.key_id, l.amount, entry.id)::ledger_leg_draft
                                 ORDER BY entry_no, l.leg_no)
                FROM entry CROSS JOIN LATERAL (VALUES
                    (1, entry.ledger_code, entry.source_account_id, entry.amount_minor), (2, entry.counter, 0, -entry.amount_minor)
                ) l(leg_no, code, key_id, amount))
        INTO v_entries, v_legs;
        IF v_entries IS NOT NULL THEN
            PERFORM ledger_post(v_entries, v_legs, 'system:upgrade', now());
        END IF;
    END LOOP;
    UPDATE payments_dayofrows SET booked_minor = amount_minor WHERE kind = 'conversion' AND booked_minor <> amount_minor;
END $$;
