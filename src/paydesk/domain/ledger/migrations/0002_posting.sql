-- The one way into the books. See docs/adr/0003-posting-in-the-database.md.

CREATE TYPE ledger_entry_draft AS (
    kind text, market text, booked_on date, value_on date,
    cause_kind text, cause_id bigint, idempotency_key text, reverses_id bigint
);
-- entry_no is the place of the entry in the array of entry drafts, leg_no that of the leg in its entry, both from 1;
-- market, code, currency and key_id name the account; debit is positive.
CREATE TYPE ledger_leg_draft AS (
    entry_no integer, leg_no integer, market text, code text, currency text, key_id bigint, amount_minor bigint,
    detail_id bigint
);

-- Post a batch of entries with all their legs. Returns the entry ids in the order of the drafts; an entry whose
-- idempotency key is known already is not posted again: its place holds the id of the first outcome, negated.
-- What is looked up by key is written as LATERAL (... LIMIT 1), which always becomes an index look-up: right for one
-- leg and for 200,000, and independent of statistics, which are stale in the middle of an import.
CREATE FUNCTION ledger_post(
    p_entries ledger_entry_draft[], p_legs ledger_leg_draft[], p_actor text, p_at timestamptz
) RETURNS bigint[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_ids bigint[];
    v_accounts bigint[];
    v_posted bigint;
    v_closed text;
BEGIN
    SELECT format('%s: %s is closed through %s', e.kind, p.market, p.closed_through) INTO v_closed
    FROM unnest(p_entries) e
    JOIN ledger_closed_period p ON p.market = e.market AND e.booked_on <= p.closed_through
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'ledger.period_closed: %', v_closed USING ERRCODE = 'PD001';
    END IF;

    FOR v_try IN 1..2 LOOP
        SELECT array_agg(a.id ORDER BY l.ordinality) INTO v_accounts
        FROM unnest(p_legs) WITH ORDINALITY l
        LEFT JOIN LATERAL (
            SELECT id FROM ledger_account
            WHERE key_id = l.key_id AND code = l.code AND currency = l.currency
              AND market = l.market
            LIMIT 1
        ) a ON true;
        EXIT WHEN array_position(v_accounts, NULL) IS NULL;

        -- In the order of the key: two batches that need the same new accounts must not wait for each other.
        WITH made AS (
            INSERT INTO ledger_account (code, currency, key_id, market, keeps_balance)
            SELECT DISTINCT l.code, l.currency, l.key_id, l.market, c.keeps_balance
            FROM unnest(p_legs, v_accounts) l(
                entry_no, leg_no, market, code, currency, key_id, amount_minor, detail_id, account_id
            )
            JOIN ledger_chart c ON c.code = l.code
            WHERE l.account_id IS NULL
            ORDER BY 3, 1, 2, 4
            ON CONFLICT DO NOTHING
            RETURNING id, keeps_balance
        )
        INSERT INTO ledger_balance (account_id, amount_minor) SELECT id, 0 FROM made WHERE keeps_balance;
    END LOOP;

    WITH entry AS MATERIALIZED (
        SELECT nextval('ledger_entry_id_seq') AS id, e.* FROM unnest(p_entries) WITH ORDINALITY e
    ), made AS (
        INSERT INTO ledger_entry (id, kind, market, booked_on, value_on, posted_at, leg_count,
                                  cause_kind, cause_id, idempotency_key, reverses_id, actor)
        SELECT e.id, e.kind, e.market, e.booked_on, e.value_on, p_at, coalesce(l.leg_count, 0),
               e.cause_kind, e.cause_id, e.idempotency_key, e.reverses_id, p_actor
        FROM entry e
        LEFT JOIN (SELECT entry_no, count(*) AS leg_count FROM unnest(p_legs) GROUP BY entry_no) l
            ON l.entry_no = e.ordinality
        ON CONFLICT (idempotency_key) DO NOTHING
        RETURNING id
    )
    SELECT (SELECT array_agg(id ORDER BY ordinality) FROM entry), (SELECT count(*) FROM made)
    INTO v_ids, v_posted;
    IF v_posted < cardinality(v_ids) THEN
        SELECT array_agg(coalesce(e.id, 0) ORDER BY d.place) INTO v_ids
        FROM unnest(v_ids) WITH ORDINALITY d(id, place) LEFT JOIN ledger_entry e ON e.id = d.id;
    END IF;

    INSERT INTO ledger_posting (entry_id, leg_no, account_id, amount_minor, currency, detail_id)
    SELECT v_ids[l.entry_no], l.leg_no, v_accounts[l.ordinality], l.amount_minor, l.currency, l.detail_id
    FROM unnest(p_legs) WITH ORDINALITY l
    WHERE v_ids[l.entry_no] > 0;

    IF v_posted < cardinality(v_ids) THEN
        SELECT array_agg(CASE WHEN d.id = 0 THEN -first.id ELSE d.id END ORDER BY d.place) INTO v_ids
        FROM unnest(v_ids) WITH ORDINALITY d(id, place)
        LEFT JOIN ledger_entry first
            ON d.id = 0 AND first.idempotency_key = (p_entries[d.place]).idempotency_key;
    END IF;
    RETURN v_ids;
END $$;

-- The second line: whoever writes postings, each entry arrives whole, balanced and once. Postings are numbered
-- 1..leg_count and (entry_id, leg_no) is the primary key, so a later addition has no number left to take.
-- The rows that arrived are read twice: once by account, once by entry.
-- `v_true` makes each statement take a parameter: only then is it planned anew for a large batch.
CREATE FUNCTION ledger_check_postings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    v_true boolean := true;
    v_account bigint;
    v_entry bigint;
    v_unbalanced boolean;
    v_accounts bigint[];
    v_amounts bigint[];
BEGIN
    SELECT min(s.account_id) FILTER (WHERE s.has_zero OR a.currency IS DISTINCT FROM s.currency),
           array_agg(s.account_id ORDER BY s.account_id) FILTER (WHERE a.keeps_balance AND s.amount_minor <> 0),
           array_agg(s.amount_minor ORDER BY s.account_id) FILTER (WHERE a.keeps_balance AND s.amount_minor <> 0)
    INTO v_account, v_accounts, v_amounts
    FROM (
        SELECT account_id, currency, sum(amount_minor)::bigint AS amount_minor, bool_or(amount_minor = 0) AS has_zero
        FROM added WHERE v_true GROUP BY account_id, currency
    ) s
    LEFT JOIN LATERAL (
        SELECT currency, keeps_balance FROM ledger_account WHERE id = s.account_id LIMIT 1
    ) a ON true;
    IF v_account IS NOT NULL THEN
        SELECT p.entry_id INTO v_entry FROM added p WHERE p.account_id = v_account LIMIT 1;
        RAISE EXCEPTION 'ledger.bad_leg: entry % has a leg of zero, without an account or in another currency than its account', v_entry
            USING ERRCODE = 'PD002';
    END IF;

    SELECT s.entry_id, s.unbalanced INTO v_entry, v_unbalanced
    FROM (
        SELECT entry_id, sum(legs) AS legs, max(highest) AS highest, min(lowest) AS lowest,
               bool_or(amount_minor <> 0) AS unbalanced
        FROM (
            SELECT entry_id, currency, count(*) AS legs, max(leg_no) AS highest, min(leg_no) AS lowest,
                   sum(amount_minor) AS amount_minor
            FROM added WHERE v_true GROUP BY entry_id, currency
        ) c
        GROUP BY entry_id
    ) s
    WHERE s.unbalanced OR s.highest <> s.legs OR s.lowest <> 1
       OR (SELECT e.leg_count FROM ledger_entry e WHERE e.id = s.entry_id) IS DISTINCT FROM s.legs
    LIMIT 1;
    IF v_unbalanced THEN
        RAISE EXCEPTION 'ledger.unbalanced: the legs of entry % do not sum to zero in each currency', v_entry
            USING ERRCODE = 'PD002';
    ELSIF v_entry IS NOT NULL THEN
        RAISE EXCEPTION 'ledger.incomplete: entry % did not arrive with exactly its legs', v_entry
            USING ERRCODE = 'PD002';
    END IF;

    IF v_accounts IS NOT NULL THEN
        PERFORM 1 FROM ledger_balance WHERE account_id = ANY (v_accounts) ORDER BY account_id FOR UPDATE;
        UPDATE ledger_balance b SET amount_minor = b.amount_minor + d.amount_minor
        FROM unnest(v_accounts, v_amounts) d(account_id, amount_minor)
        WHERE b.account_id = d.account_id;
    END IF;
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

-- The day an event is booked on: its own, or the day it is posted where its own is closed already.
CREATE FUNCTION ledger_open_day(p_market text, p_day date, p_at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (
        SELECT 1 FROM ledger_closed_period WHERE market = p_market AND closed_through >= p_day
    ) THEN (p_at AT TIME ZONE 'UTC')::date ELSE p_day END
$$;
