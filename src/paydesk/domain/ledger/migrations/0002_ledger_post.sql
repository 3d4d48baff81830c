-- The one way into the books. See docs/adr/0003-posting-in-the-database.md.

CREATE TYPE ledger_entry_draft AS (
    kind text, market text, booked_on date, value_on date,
    cause_kind text, cause_id bigint, idempotency_key text, reverses_id bigint
);
-- entry_no is the place of the entry in the array of entry drafts, from 1; debit is positive.
CREATE TYPE ledger_leg_draft AS (
    entry_no integer, code text, currency text, key_id bigint, amount_minor bigint, detail_id bigint
);

-- Post a batch of entries with all their legs. Returns the entry ids in the order of the drafts; an entry whose
-- idempotency key is known already is not posted again: its place holds the id of the first outcome, negated.
CREATE FUNCTION ledger_post(
    p_entries ledger_entry_draft[], p_legs ledger_leg_draft[], p_actor text, p_at timestamptz
) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_ids bigint[];
    v_closed text;
BEGIN
    SELECT format('%s: %s is closed through %s', e.kind, p.market, p.closed_through) INTO v_closed
    FROM unnest(p_entries) e
    JOIN ledger_closed_period p ON p.market = e.market AND e.booked_on <= p.closed_through
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger.period_closed: %', v_closed USING ERRCODE = 'PD001';
    END IF;

    WITH made AS (
        INSERT INTO ledger_account (code, currency, key_id, market, keeps_balance)
        SELECT DISTINCT l.code, l.currency, l.key_id, e.market, c.keeps_balance
        FROM unnest(p_legs) l
        JOIN unnest(p_entries) WITH ORDINALITY e(
            kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id, entry_no
        ) ON e.entry_no = l.entry_no
        JOIN ledger_chart c ON c.code = l.code
        LEFT JOIN ledger_account a ON a.key_id = l.key_id AND a.code = l.code
            AND a.currency = l.currency AND a.market = e.market
        WHERE a.id IS NULL
        ON CONFLICT DO NOTHING
        RETURNING id, keeps_balance
    )
    INSERT INTO ledger_balance (account_id, amount_minor) SELECT id, 0 FROM made WHERE keeps_balance;

    WITH made AS (
        INSERT INTO ledger_entry (kind, market, booked_on, value_on, posted_at, leg_count,
                                  cause_kind, cause_id, idempotency_key, reverses_id, actor)
        SELECT e.kind, e.market, e.booked_on, e.value_on, p_at, coalesce(l.leg_count, 0),
               e.cause_kind, e.cause_id, e.idempotency_key, e.reverses_id, p_actor
        FROM unnest(p_entries) WITH ORDINALITY e(
            kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id, entry_no
        )
        LEFT JOIN (SELECT entry_no, count(*) AS leg_count FROM unnest(p_legs) GROUP BY entry_no) l
            ON l.entry_no = e.entry_no
        ORDER BY e.entry_no
        ON CONFLICT (idempotency_key) DO NOTHING
        RETURNING id, idempotency_key
    )
    SELECT array_agg(coalesce(m.id, 0) ORDER BY e.entry_no) INTO v_ids
    FROM unnest(p_entries) WITH ORDINALITY e(
        kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id, entry_no
    )
    LEFT JOIN made m ON m.idempotency_key = e.idempotency_key;

    INSERT INTO ledger_posting (entry_id, leg_no, account_id, amount_minor, currency, detail_id)
    SELECT v_ids[l.entry_no],
           row_number() OVER (PARTITION BY l.entry_no ORDER BY l.leg_no),
           a.id, l.amount_minor, l.currency, l.detail_id
    FROM unnest(p_legs) WITH ORDINALITY l(entry_no, code, currency, key_id, amount_minor, detail_id, leg_no)
    JOIN unnest(p_entries) WITH ORDINALITY e(
        kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id, entry_no
    ) ON e.entry_no = l.entry_no
    LEFT JOIN ledger_account a ON a.key_id = l.key_id AND a.code = l.code
        AND a.currency = l.currency AND a.market = e.market
    WHERE v_ids[l.entry_no] > 0;

    IF 0 = ANY (v_ids) THEN
        SELECT array_agg(CASE WHEN d.id = 0 THEN -first.id ELSE d.id END ORDER BY d.entry_no) INTO v_ids
        FROM unnest(v_ids) WITH ORDINALITY d(id, entry_no)
        JOIN unnest(p_entries) WITH ORDINALITY e(
            kind, market, booked_on, value_on, cause_kind, cause_id, idempotency_key, reverses_id, entry_no
        ) ON e.entry_no = d.entry_no
        LEFT JOIN ledger_entry first ON d.id = 0 AND first.idempotency_key = e.idempotency_key;
    END IF;
    RETURN v_ids;
END $$;

-- The second line: whoever writes postings, each entry arrives whole, balanced and once. Postings are numbered
-- 1..leg_count and (entry_id, leg_no) is the primary key, so a later addition has no number left to take.
-- `v_true` makes each statement take a parameter: only then is it planned anew for a large batch.
CREATE FUNCTION ledger_check_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_true boolean := true;
    v_entry bigint;
BEGIN
    SELECT p.entry_id INTO v_entry
    FROM added p
    LEFT JOIN ledger_account a ON a.id = p.account_id
    WHERE v_true AND (a.currency IS DISTINCT FROM p.currency OR p.amount_minor = 0)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger.bad_leg: entry % has a leg of zero, without an account or in another currency than its account', v_entry
            USING ERRCODE = 'PD002';
    END IF;

    SELECT p.entry_id INTO v_entry FROM added p WHERE v_true
    GROUP BY p.entry_id, p.currency HAVING sum(p.amount_minor) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger.unbalanced: the legs of entry % do not sum to zero in each currency', v_entry
            USING ERRCODE = 'PD002';
    END IF;

    SELECT s.entry_id INTO v_entry
    FROM (
        SELECT entry_id, count(*) AS legs, max(leg_no) AS highest, min(leg_no) AS lowest
        FROM added WHERE v_true GROUP BY entry_id
    ) s
    LEFT JOIN ledger_entry e ON e.id = s.entry_id
    WHERE e.leg_count IS DISTINCT FROM s.legs OR s.highest <> s.legs OR s.lowest <> 1
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger.incomplete: entry % did not arrive with exactly its legs', v_entry
            USING ERRCODE = 'PD002';
    END IF;

    PERFORM 1 FROM ledger_balance
    WHERE v_true AND account_id IN (SELECT account_id FROM added) ORDER BY account_id FOR UPDATE;
    UPDATE ledger_balance b SET amount_minor = b.amount_minor + d.amount_minor
    FROM (
        SELECT account_id, sum(amount_minor) AS amount_minor
        FROM added WHERE v_true GROUP BY account_id HAVING sum(amount_minor) <> 0
    ) d
    WHERE b.account_id = d.account_id;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_postings_checked AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

-- Lock the stored balances a verb is about to change, in account order (lock order: contract, balance, payment).
CREATE FUNCTION ledger_lock_balances(p_codes text[], p_key_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT 1 FROM ledger_balance b
    WHERE b.account_id IN (
        SELECT a.id FROM ledger_account a
        JOIN unnest(p_codes, p_key_ids) k(code, key_id) ON a.key_id = k.key_id AND a.code = k.code
    )
    ORDER BY b.account_id FOR UPDATE;
$$;

REVOKE ALL ON FUNCTION ledger_check_postings() FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_post(ledger_entry_draft[], ledger_leg_draft[], text, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION ledger_lock_balances(text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_post(ledger_entry_draft[], ledger_leg_draft[], text, timestamptz) TO paydesk_app;
GRANT EXECUTE ON FUNCTION ledger_lock_balances(text[], bigint[]) TO paydesk_app;

-- Stored balances are changed by the trigger alone; nobody deletes one.
REVOKE ALL ON ledger_balance FROM paydesk_app;
GRANT SELECT ON ledger_balance TO paydesk_app;
CREATE TRIGGER ledger_balance_is_kept BEFORE DELETE OR TRUNCATE ON ledger_balance
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
