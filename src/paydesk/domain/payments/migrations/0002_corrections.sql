-- What people do to payments that were posted: apply, move, take back, write off, un-post.

-- Apply by hand: name the payer of money in suspense and apply what is open to a contract, or `p_amounts` of it.
-- Arrays run in parallel; a contract of NULL only identifies. Returns the payment ids that changed.
CREATE FUNCTION payments_apply(
    p_payment_ids bigint[], p_customer_ids bigint[], p_contract_ids bigint[], p_amounts bigint[],
    p_rule text, p_actor text, p_at timestamptz
) RETURNS bigint[]
LANGUAGE plpgsql AS $$
DECLARE
    v_contract_ids bigint[] := ARRAY(SELECT DISTINCT id FROM unnest(p_contract_ids) id WHERE id IS NOT NULL ORDER BY 1);
    v_before bigint[];
    v_drafts payments_draft[];
BEGIN
    PERFORM payments_lock(
        ARRAY(SELECT unnest(v_contract_ids) UNION SELECT unnest(payments_contracts_of(p_payment_ids))),
        p_payment_ids, p_customer_ids);
    SELECT array_agg(p.id ORDER BY p.id) INTO v_before
    FROM unnest(p_payment_ids, p_customer_ids) a(payment_id, customer_id)
    JOIN payments_payment p ON p.id = a.payment_id
    WHERE p.open_minor > 0 AND p.state = 'received'
      AND (p.customer_id = a.customer_id OR (p.customer_id IS NULL AND p.reserved_minor = 0));
    IF v_before IS NULL THEN
        RETURN '{}';
    END IF;

    -- What is meant for the contract is set down first; the replay then gives it what it takes.
    INSERT INTO payments_application (payment_id, contract_id, limit_minor, at, actor)
    SELECT p.id, a.contract_id,
           least(p.open_minor, coalesce(a.amount_minor, p.open_minor)) + coalesce((
               SELECT sum(x.amount_minor) FROM payments_allocation x JOIN contracts_dueitem i ON i.id = x.due_item_id
               WHERE x.payment_id = p.id AND i.contract_id = a.contract_id), 0),
           p_at, p_actor
    FROM unnest(p_payment_ids, p_customer_ids, p_contract_ids, p_amounts) a(payment_id, customer_id, contract_id, amount_minor)
    JOIN payments_payment p ON p.id = a.payment_id AND p.id = ANY (v_before)
    LEFT JOIN contracts_contract c ON c.id = a.contract_id
    WHERE a.contract_id IS NOT NULL AND (
        a.amount_minor < p.open_minor OR c.customer_id <> a.customer_id OR p.contract_id <> a.contract_id
        OR EXISTS (SELECT FROM payments_application x WHERE x.payment_id = p.id AND x.contract_id = a.contract_id)
    )
    ON CONFLICT (payment_id, contract_id) DO UPDATE
    SET limit_minor = excluded.limit_minor, at = excluded.at, actor = excluded.actor;

    SELECT array_agg(ROW(
        p.id, 'suspense', p.statement_line_id, p.source_account_id, s.ledger_code, p.market, p.currency, p.open_minor,
        p.open_minor, p.evidence_key, p.paid_at, p.booked_on, p.value_on, a.customer_id, NULL, p_rule, '', NULL
    )::payments_draft ORDER BY p.id)
    INTO v_drafts
    FROM unnest(p_payment_ids, p_customer_ids) a(payment_id, customer_id)
    JOIN payments_payment p ON p.id = a.payment_id AND p.id = ANY (v_before) AND p.customer_id IS NULL
    JOIN providers_sourceaccount s ON s.id = p.source_account_id;
    IF v_drafts IS NOT NULL THEN
        PERFORM payments_write(v_drafts, p_actor, p_at);
    END IF;
    UPDATE payments_payment p SET contract_id = a.contract_id
    FROM unnest(p_payment_ids, p_contract_ids) a(payment_id, contract_id)
    JOIN contracts_contract c ON c.id = a.contract_id
    WHERE p.id = a.payment_id AND p.id = ANY (v_before) AND p.contract_id IS NULL AND c.customer_id = p.customer_id;
    IF cardinality(v_contract_ids) > 0 THEN
        PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
    END IF;
    RETURN v_before;
END $$;

-- Leave at most `p_keep` of a payment on a contract; the rest is unapplied again, and the contract is replayed.
CREATE FUNCTION payments_unapply(p_payment_id bigint, p_contract_id bigint, p_keep bigint, p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM payments_lock(ARRAY(SELECT p_contract_id UNION SELECT unnest(payments_contracts_of(ARRAY[p_payment_id]))),
                          ARRAY[p_payment_id], '{}');
    INSERT INTO payments_application (payment_id, contract_id, limit_minor, at, actor)
    VALUES (p_payment_id, p_contract_id, p_keep, p_at, p_actor)
    ON CONFLICT (payment_id, contract_id) DO UPDATE
    SET limit_minor = excluded.limit_minor, at = excluded.at, actor = excluded.actor;
    PERFORM payments_replay(ARRAY[p_contract_id], '{}', '{}', p_actor, p_at);
END $$;

-- All of a payment off the contracts and out of its customer's credit; whoever it goes to next posts the way there.
CREATE FUNCTION payments_free(p_payment_ids bigint[], p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_amounts bigint[];
BEGIN
    SELECT array_agg(p.amount_minor ORDER BY n.ordinality) INTO v_amounts
    FROM unnest(p_payment_ids) WITH ORDINALITY n(id) JOIN payments_payment p ON p.id = n.id;
    PERFORM payments_replay(payments_contracts_of(p_payment_ids), p_payment_ids, v_amounts, p_actor, p_at);
    DELETE FROM payments_application WHERE payment_id = ANY (p_payment_ids);
END $$;

-- Money that was meant for somebody else: off the contracts of the one customer, over to the other, on the contract
-- there. With no customer, back to suspense. Payments with money reserved or refunded stay where they are (caller).
CREATE FUNCTION payments_move(p_payment_id bigint, p_customer_id bigint, p_contract_id bigint, p_actor text, p_at timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_legs ledger_leg_draft[];
BEGIN
    PERFORM payments_lock(ARRAY(
        SELECT unnest(payments_contracts_of(ARRAY[p_payment_id])) UNION SELECT p_contract_id WHERE p_contract_id IS NOT NULL
    ), ARRAY[p_payment_id], ARRAY(SELECT p_customer_id WHERE p_customer_id IS NOT NULL));
    PERFORM payments_free(ARRAY[p_payment_id], p_actor, p_at);
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;

    SELECT array_agg(ROW(1, leg_no, v_was.market, code, v_was.currency, key_id, amount, detail_id)::ledger_leg_draft ORDER BY leg_no)
    INTO v_legs
    FROM (
        SELECT (row_number() OVER (ORDER BY side))::integer AS leg_no, l.* FROM (VALUES
            (1, '2010', v_was.customer_id, v_was.open_minor, NULL::bigint),
            (2, '2040', v_was.customer_id, v_was.credited_minor, NULL),
            (3, CASE WHEN p_customer_id IS NULL THEN '2020' ELSE '2010' END,
                coalesce(p_customer_id, v_was.source_account_id), -(v_was.open_minor + v_was.credited_minor),
                CASE WHEN p_customer_id IS NULL THEN v_was.statement_line_id END)
        ) l(side, code, key_id, amount, detail_id)
        WHERE l.amount <> 0
    ) l;
    PERFORM ledger_post(
        ARRAY[ROW(CASE WHEN p_customer_id IS NULL THEN 'payment.unidentified' ELSE 'payment.moved' END, v_was.market,
                  ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at), v_was.value_on, 'payment',
                  p_payment_id, 'moved:' || p_payment_id || ':' || v_was.version, NULL)::ledger_entry_draft],
        v_legs, p_actor, p_at);
    UPDATE payments_payment
    SET customer_id = p_customer_id, contract_id = p_contract_id, credited_minor = 0, version = version + 1,
        rule = CASE WHEN p_customer_id IS NULL THEN '' ELSE 'by_hand' END, matched_key = ''
    WHERE id = p_payment_id;
    IF p_contract_id IS NOT NULL THEN
        PERFORM payments_replay(ARRAY[p_contract_id], '{}', '{}', p_actor, p_at);
    END IF;
    IF p_customer_id IS NOT NULL THEN
        PERFORM payments_credit_leftover(ARRAY[p_customer_id], p_actor, p_at);
    END IF;
END $$;

-- Let a payment count from another day: off its contracts as it stood, then laid on again with all that came later.
CREATE FUNCTION payments_backdate(p_payment_id bigint, p_counts_on date, p_actor text, p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_contract_ids bigint[] := payments_contracts_of(ARRAY[p_payment_id]);
BEGIN
    PERFORM payments_lock(v_contract_ids, ARRAY[p_payment_id], '{}');
    PERFORM payments_replay(v_contract_ids, ARRAY[p_payment_id],
                            ARRAY(SELECT amount_minor FROM payments_payment WHERE id = p_payment_id), p_actor, p_at);
    UPDATE payments_payment SET counts_on = nullif(p_counts_on, value_on), version = version + 1 WHERE id = p_payment_id;
    PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
END $$;

-- What we took back ourselves stands again: the counter-posting of that reversal, linked to it. What was recoverable for
-- it is made good, the rest is with its payer, and the contracts it was meant for take it.
CREATE FUNCTION payments_reinstate(p_payment_id bigint, p_entry_id bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_was payments_payment;
    v_code text;
    v_taken bigint;
    v_short bigint;
    v_short_key bigint;
    v_short_detail bigint;
    v_contract_ids bigint[] := payments_contracts_of(ARRAY[p_payment_id]);
BEGIN
    PERFORM payments_lock(v_contract_ids, ARRAY[p_payment_id], '{}');
    SELECT * INTO v_was FROM payments_payment WHERE id = p_payment_id;
    SELECT ledger_code INTO v_code FROM providers_sourceaccount WHERE id = v_was.source_account_id;
    SELECT -sum(x.amount_minor) FILTER (WHERE a.code = v_code),
           coalesce(sum(x.amount_minor) FILTER (WHERE a.code = '1310'), 0),
           max(a.key_id) FILTER (WHERE a.code = '1310'), max(x.detail_id) FILTER (WHERE a.code = '1310')
    INTO v_taken, v_short, v_short_key, v_short_detail
    FROM ledger_posting x JOIN ledger_account a ON a.id = x.account_id WHERE x.entry_id = p_entry_id;
    IF v_taken IS NULL OR v_taken > v_was.reversed_minor OR v_short > v_was.shortfall_minor
       OR EXISTS (SELECT FROM ledger_entry WHERE idempotency_key = 'reinstated:' || p_entry_id) THEN
        RETURN 0;
    END IF;
    PERFORM ledger_post(
        ARRAY[ROW('payment.reinstated', v_was.market,
                  ledger_open_day(v_was.market, (p_at AT TIME ZONE 'UTC')::date, p_at), (p_at AT TIME ZONE 'UTC')::date,
                  'payment', p_payment_id, 'reinstated:' || p_entry_id, p_entry_id)::ledger_entry_draft],
        (SELECT array_agg(ROW(1, leg_no, v_was.market, code, v_was.currency, key_id, amount, detail_id)::ledger_leg_draft
                          ORDER BY leg_no)
         FROM (
             SELECT (row_number() OVER (ORDER BY side))::integer AS leg_no, l.* FROM (VALUES
                 (1, v_code, v_was.source_account_id, v_taken, NULL::bigint),
                 (2, '1310', v_short_key, -v_short, v_short_detail),
                 (3, CASE WHEN v_was.customer_id IS NULL THEN '2020' ELSE '2010' END,
                  coalesce(v_was.customer_id, v_was.source_account_id), v_short - v_taken,
                  CASE WHEN v_was.customer_id IS NULL THEN v_was.statement_line_id END)
             ) l(side, code, key_id, amount, detail_id) WHERE l.amount <> 0
         ) l),
        p_actor, p_at);
    UPDATE payments_payment
    SET reversed_minor = reversed_minor - v_taken, shortfall_minor = shortfall_minor - v_short, state = 'received',
        version = version + 1
    WHERE id = p_payment_id;
    PERFORM payments_replay(v_contract_ids, '{}', '{}', p_actor, p_at);
    IF v_was.customer_id IS NOT NULL THEN
        PERFORM payments_credit_leftover(ARRAY[v_was.customer_id], p_actor, p_at);
    END IF;
    RETURN v_taken;
END $$;

-- Small differences on due items that nobody will pay: Dr 5060 / Cr 1100, 1110. The part of a due item settled that
-- way is an allocation without a payment.
CREATE FUNCTION payments_write_off(p_due_item_ids bigint[], p_amounts bigint[], p_actor text, p_at timestamptz)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_contract_ids bigint[];
    v_ids bigint[];
    v_amounts bigint[];
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
    v_entry_ids bigint[];
BEGIN
    v_contract_ids := ARRAY(SELECT DISTINCT contract_id FROM contracts_dueitem WHERE id = ANY (p_due_item_ids) ORDER BY 1);
    PERFORM payments_lock(v_contract_ids, '{}', '{}');
    WITH off AS MATERIALIZED (
        SELECT i.id, i.contract_id, i.kind, w.amount, c.market, c.currency, c.state, c.version,
               (row_number() OVER (ORDER BY i.id))::integer AS entry_no,
               CASE WHEN i.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END AS code
        FROM unnest(p_due_item_ids, p_amounts) w(due_item_id, amount)
        JOIN contracts_dueitem i ON i.id = w.due_item_id AND i.amount_minor - i.allocated_minor >= w.amount AND w.amount > 0
        JOIN contracts_contract c ON c.id = i.contract_id AND c.state IN ('active', 'defaulted')
    )
    SELECT array_agg(id ORDER BY entry_no), array_agg(amount ORDER BY entry_no),
           array_agg(ROW('due_item.written_off', market, ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                         (p_at AT TIME ZONE 'UTC')::date, 'contract', contract_id, 'written_off:' || id || ':' || version, NULL
                         )::ledger_entry_draft ORDER BY entry_no),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, l.key_id, l.amount, NULL)::ledger_leg_draft
                             ORDER BY entry_no, l.leg_no)
            FROM off CROSS JOIN LATERAL (VALUES (1, '5060', 0::bigint, off.amount), (2, off.code, off.contract_id, -off.amount))
                l(leg_no, code, key_id, amount))
    INTO v_ids, v_amounts, v_entries, v_legs
    FROM off;
    IF v_ids IS NULL THEN
        RETURN 0;
    END IF;
    v_entry_ids := ledger_post(v_entries, v_legs, p_actor, p_at);
    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor)
    SELECT NULL, w.id, w.amount, w.entry_id, p_at, p_actor FROM unnest(v_ids, v_amounts, v_entry_ids) w(id, amount, entry_id);
    INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
    SELECT i.contract_id, 'write_off', w.amount, (p_at AT TIME ZONE 'UTC')::date, p_at, 'due_item', i.id, w.entry_id
    FROM unnest(v_ids, v_amounts, v_entry_ids) w(id, amount, entry_id) JOIN contracts_dueitem i ON i.id = w.id;
    UPDATE contracts_dueitem i SET allocated_minor = i.allocated_minor + w.amount
    FROM unnest(v_ids, v_amounts) w(id, amount) WHERE i.id = w.id;
    PERFORM payments_settle_contracts(v_contract_ids, p_actor, p_at);
    RETURN cardinality(v_ids);
END $$;

-- A small difference that was written off is owed again: an allocation that takes the other back, and the entry that undoes
-- its entry. What the contract was by then is settled anew. Returns the minor units, 0 where it was undone already.
CREATE FUNCTION payments_undo_write_off(p_allocation_id bigint, p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_off payments_allocation;
    v_item contracts_dueitem;
    v_contract contracts_contract;
    v_entry_ids bigint[];
    v_day date := (p_at AT TIME ZONE 'UTC')::date;
BEGIN
    SELECT * INTO v_off FROM payments_allocation
    WHERE id = p_allocation_id AND payment_id IS NULL AND reverses_id IS NULL;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    SELECT * INTO v_item FROM contracts_dueitem WHERE id = v_off.due_item_id;
    PERFORM payments_lock(ARRAY[v_item.contract_id], '{}', '{}');
    SELECT * INTO v_contract FROM contracts_contract WHERE id = v_item.contract_id;
    IF v_contract.state NOT IN ('active', 'defaulted', 'completed')
       OR EXISTS (SELECT FROM payments_allocation WHERE reverses_id = p_allocation_id) THEN
        RETURN 0;
    END IF;
    v_entry_ids := ledger_post(
        ARRAY[ROW('due_item.write_off_undone', v_contract.market, ledger_open_day(v_contract.market, v_day, p_at), v_day,
                  'contract', v_contract.id, 'write_off_undone:' || v_off.id, v_off.entry_id)::ledger_entry_draft],
        ARRAY[ROW(1, 1, v_contract.market, CASE WHEN v_item.kind IN ('fee', 'penalty') THEN '1110' ELSE '1100' END,
                  v_contract.currency, v_contract.id, v_off.amount_minor, NULL)::ledger_leg_draft,
              ROW(1, 2, v_contract.market, '5060', v_contract.currency, 0, -v_off.amount_minor, NULL)::ledger_leg_draft],
        p_actor, p_at);
    INSERT INTO payments_allocation (payment_id, due_item_id, amount_minor, entry_id, at, actor, reverses_id)
    VALUES (NULL, v_item.id, -v_off.amount_minor, v_entry_ids[1], p_at, p_actor, v_off.id);
    INSERT INTO contracts_creditevent (contract_id, kind, amount_minor, value_on, at, cause_kind, cause_id, entry_id)
    VALUES (v_contract.id, 'write_off', -v_off.amount_minor, v_day, p_at, 'due_item', v_item.id, v_entry_ids[1]);
    UPDATE contracts_dueitem SET allocated_minor = allocated_minor - v_off.amount_minor WHERE id = v_item.id;
    PERFORM payments_settle_contracts(ARRAY[v_contract.id], p_actor, p_at);
    RETURN v_off.amount_minor;
END $$;

-- Undo what lines of a wrong file did: payments taken back, other entries reversed, lines withdrawn, and with them fees,
-- batches, both ends of money in transit, the count of rows per hour. A reversal from another file stays, as recoverable,
-- when its payment goes. Payments that gave money back or were taken back before are the caller's to refuse. Returns how
-- many payments were undone.
CREATE FUNCTION payments_unpost(p_line_ids bigint[], p_actor text, p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_amounts bigint[];
    v_count bigint := 0;
    v_entries ledger_entry_draft[];
    v_legs ledger_leg_draft[];
BEGIN
    v_ids := ARRAY(
        SELECT r.id FROM unnest(p_line_ids) n(id) JOIN payments_reversalrow r ON r.statement_line_id = n.id
        WHERE r.state <> 'withdrawn'
        UNION
        SELECT r.id FROM unnest(p_line_ids) n(id)
        CROSS JOIN LATERAL (SELECT id FROM payments_payment WHERE statement_line_id = n.id LIMIT 1) p
        JOIN payments_reversalrow r ON r.payment_id = p.id
        WHERE r.state <> 'withdrawn'
    );
    IF cardinality(v_ids) > 0 THEN
        PERFORM payments_untake(v_ids, p_actor, p_at);
        UPDATE payments_reversalrow SET state = 'open', reason = 'reversal_without_original', at = p_at
        WHERE id = ANY (v_ids) AND statement_line_id <> ALL (p_line_ids);
        PERFORM payments_stand_alone(v_ids, (p_at AT TIME ZONE 'UTC')::date, p_actor, p_at);
    END IF;

    SELECT array_agg(p.id), array_agg(p.amount_minor - p.reversed_minor) INTO v_ids, v_amounts
    FROM unnest(p_line_ids) n(id)
    CROSS JOIN LATERAL (
        SELECT * FROM payments_payment WHERE statement_line_id = n.id AND state = 'received' OFFSET 0
    ) p;
    IF v_ids IS NOT NULL THEN
        v_count := payments_take_back(v_ids, v_amounts, array_fill(NULL::bigint, ARRAY[cardinality(v_ids)]),
                                      'unposted', 'payment.unposted', p_actor, p_at);
    END IF;

    PERFORM payments_undo_entries(ARRAY(
        SELECT e.id FROM unnest(p_line_ids) n(id)
        CROSS JOIN LATERAL (
            SELECT id FROM ledger_entry
            WHERE cause_kind = 'line' AND cause_id = n.id AND reverses_id IS NULL AND kind NOT LIKE 'provider.fees%' OFFSET 0
        ) e
        UNION
        SELECT e.id FROM unnest(p_line_ids) n(id)
        JOIN payments_transitrow o ON o.statement_line_id = n.id
        JOIN payments_transitrow i ON i.id = o.partner_id
        JOIN ledger_entry e ON e.cause_kind = 'line' AND e.cause_id = i.statement_line_id AND e.kind = 'provider.swept'
          AND e.reverses_id IS NULL
    ), 'line.unposted', p_actor, p_at);

    WITH fee AS MATERIALIZED (
        SELECT f.*, (row_number() OVER (ORDER BY first_id))::integer AS entry_no
        FROM (
            SELECT min(id) AS first_id, source_account_id, market, currency, value_on, sum(fee_minor)::bigint AS fee_minor
            FROM payments_moved(p_line_ids) WHERE fee_minor <> 0 GROUP BY 2, 3, 4, 5 HAVING sum(fee_minor) <> 0
        ) f
    )
    SELECT (SELECT array_agg(ROW('provider.fees_unposted', market, ledger_open_day(market, (p_at AT TIME ZONE 'UTC')::date, p_at),
                                 value_on, 'line', first_id, 'fees_unposted:' || first_id, NULL)::ledger_entry_draft
                             ORDER BY entry_no) FROM fee),
           (SELECT array_agg(ROW(entry_no, l.leg_no, market, l.code, currency, source_account_id, l.amount, NULL
                                 )::ledger_leg_draft ORDER BY entry_no, l.leg_no)
            FROM fee CROSS JOIN LATERAL (VALUES (1, '1020', fee_minor), (2, '5010', -fee_minor)) l(leg_no, code, amount))
    INTO v_entries, v_legs;
    IF v_entries IS NOT NULL THEN
        PERFORM ledger_post(v_entries, v_legs, p_actor, p_at);
    END IF;

    UPDATE payments_transitrow SET state = 'open', partner_id = NULL, found_by = '', at = p_at
    WHERE partner_id IN (SELECT t.id FROM unnest(p_line_ids) n(id) JOIN payments_transitrow t ON t.statement_line_id = n.id);
    UPDATE payments_transitrow SET state = 'withdrawn', partner_id = NULL, batch_id = NULL, found_by = '', at = p_at
    WHERE statement_line_id = ANY (p_line_ids);
    PERFORM payments_count_rows(p_line_ids, -1);
    PERFORM statements_withdraw(p_line_ids);
    RETURN v_count;
END $$;
