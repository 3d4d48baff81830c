-- References between the large tables are checked set by set, in place of row-by-row foreign keys (1.4-1.8 x
-- faster in bulk; ADR 3), and evidence never changes.

-- A statement line says more once the same evidence comes again: the columns a payment took from it never change.
CREATE FUNCTION refuse_to_change_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: amount, currency, dates and evidence never change', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER payment_evidence_is_fixed
    BEFORE UPDATE OF id, market, source_account_id, statement_line_id, evidence_key, amount_minor, currency,
        paid_at, received_at, booked_on, value_on
    ON payments_payment FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_evidence();

-- References between the large tables are checked set by set, in place of row-by-row foreign keys (1.4-1.8 x
-- faster in bulk; ADR 3). What is referred to cannot be deleted, by the owner neither, so checking once is enough.
CREATE FUNCTION refuse_broken_reference() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_true boolean := true;
    v_row bigint;
BEGIN
    -- LATERAL (... LIMIT 1) is always an index look-up, however many rows either side has.
    IF TG_TABLE_NAME = 'statements_statementline' THEN
        SELECT min(a.id) INTO v_row
        FROM (SELECT file_id, source_account_id, min(id) AS id FROM added WHERE v_true GROUP BY 1, 2) a
        LEFT JOIN LATERAL (SELECT id FROM statements_sourcefile WHERE id = a.file_id LIMIT 1) f ON true
        LEFT JOIN LATERAL (SELECT id FROM providers_sourceaccount WHERE id = a.source_account_id LIMIT 1) s ON true
        WHERE f.id IS NULL OR s.id IS NULL;
    ELSIF TG_TABLE_NAME = 'payments_payment' THEN
        SELECT a.id INTO v_row FROM added a
        LEFT JOIN LATERAL (SELECT * FROM statements_statementline WHERE id = a.statement_line_id LIMIT 1) l ON true
        LEFT JOIN LATERAL (SELECT id FROM parties_customer WHERE id = a.customer_id LIMIT 1) u ON true
        LEFT JOIN LATERAL (SELECT customer_id FROM contracts_contract WHERE id = a.contract_id LIMIT 1) c ON true
        WHERE v_true AND (
            l.id IS NULL OR l.source_account_id <> a.source_account_id
            OR l.amount_minor IS DISTINCT FROM a.amount_minor OR l.currency <> a.currency
            OR (a.customer_id IS NOT NULL AND u.id IS NULL)
            OR (a.contract_id IS NOT NULL AND c.customer_id IS DISTINCT FROM a.customer_id)
        ) LIMIT 1;
    ELSIF TG_TABLE_NAME = 'payments_allocation' THEN
        SELECT a.id INTO v_row FROM added a
        LEFT JOIN LATERAL (SELECT id FROM payments_payment WHERE id = a.payment_id LIMIT 1) p ON true
        LEFT JOIN LATERAL (SELECT id FROM contracts_dueitem WHERE id = a.due_item_id LIMIT 1) i ON true
        LEFT JOIN LATERAL (SELECT id FROM ledger_entry WHERE id = a.entry_id LIMIT 1) e ON true
        WHERE v_true AND ((a.payment_id IS NOT NULL AND p.id IS NULL) OR i.id IS NULL OR e.id IS NULL) LIMIT 1;
    ELSIF TG_TABLE_NAME = 'contracts_creditevent' THEN
        SELECT a.id INTO v_row FROM added a
        LEFT JOIN LATERAL (SELECT id FROM contracts_contract WHERE id = a.contract_id LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT id FROM ledger_entry WHERE id = a.entry_id LIMIT 1) e ON true
        WHERE v_true AND (c.id IS NULL OR e.id IS NULL) LIMIT 1;
    ELSE
        RAISE EXCEPTION 'No reference check for table %', TG_TABLE_NAME;
    END IF;
    IF v_row IS NOT NULL THEN
        RAISE EXCEPTION '%: row % refers to something that does not exist or does not agree with it', TG_TABLE_NAME, v_row
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER statement_line_references AFTER INSERT ON statements_statementline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_reference();
CREATE TRIGGER payment_references AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_reference();
CREATE TRIGGER payment_references_again AFTER UPDATE ON payments_payment
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_reference();
CREATE TRIGGER allocation_references AFTER INSERT ON payments_allocation
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_reference();
CREATE TRIGGER credit_event_references AFTER INSERT ON contracts_creditevent
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_broken_reference();
CREATE TRIGGER contract_terms_are_fixed BEFORE UPDATE OF id, market, customer_id, account_key, currency, price_minor
    ON contracts_contract FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_evidence();
CREATE TRIGGER due_item_is_fixed BEFORE UPDATE OF id, contract_id, kind, amount_minor
    ON contracts_dueitem FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_evidence();
-- A payment can only be settled or undone; the row itself stays.
CREATE TRIGGER payment_stays BEFORE DELETE OR TRUNCATE ON payments_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
CREATE TRIGGER contract_stays BEFORE DELETE OR TRUNCATE ON contracts_contract
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
CREATE TRIGGER due_item_stays BEFORE DELETE OR TRUNCATE ON contracts_dueitem
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
CREATE TRIGGER customer_stays BEFORE DELETE OR TRUNCATE ON parties_customer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
CREATE TRIGGER source_account_stays BEFORE DELETE OR TRUNCATE ON providers_sourceaccount
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
CREATE TRIGGER source_file_stays BEFORE DELETE OR TRUNCATE ON statements_sourcefile
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();
-- Staged lines can be made again from the document, so they need no write-ahead log.
ALTER TABLE statements_stagedline SET UNLOGGED;
-- Rows that are updated in place leave room for it.
ALTER TABLE contracts_dueitem SET (fillfactor = 80);
ALTER TABLE contracts_contract SET (fillfactor = 80);
ALTER TABLE ledger_balance SET (fillfactor = 70);

CREATE TRIGGER statement_line_stays BEFORE DELETE OR TRUNCATE ON statements_statementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();

CREATE TRIGGER statement_line_is_fixed BEFORE UPDATE OF id, file_id, source_account_id, line_no, line_key, kind, status,
        amount, amount_minor, currency, fee, reference, provider_ref, network_ref, batch_key, account, msisdn, payer_name,
        text, channel, balance, occurred_at, booked_on, value_on, account_keys, text_keys, raw
    ON statements_statementline FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_append_only();

-- Take lines of an un-posted file out of all that counts rows.
CREATE FUNCTION statements_withdraw(p_line_ids bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE statements_statementline SET withdrawn = true WHERE id = ANY (p_line_ids) AND NOT withdrawn;
$$;

REVOKE ALL ON FUNCTION statements_withdraw(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION statements_withdraw(bigint[]) TO paydesk_app;
