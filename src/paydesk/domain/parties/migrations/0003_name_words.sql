-- Every word of three letters or more that stands in a customer's name, for finding misspelt ones. Words stay when the
-- name goes: a word that nobody has any more finds nobody.
CREATE FUNCTION parties_note_name_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO parties_nameword (word)
    SELECT DISTINCT w.word
    FROM named n CROSS JOIN LATERAL regexp_split_to_table(lower(n.name), '[^[:alpha:]]+') w(word)
    WHERE length(w.word) >= 3
      AND NOT EXISTS (SELECT FROM parties_nameword known WHERE known.word = w.word)
    ORDER BY w.word  -- two loads at once take new words in the same order
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER customer_name_words_added AFTER INSERT ON parties_customer
    REFERENCING NEW TABLE AS named FOR EACH STATEMENT EXECUTE FUNCTION parties_note_name_words();
CREATE TRIGGER customer_name_words_changed AFTER UPDATE ON parties_customer
    REFERENCING NEW TABLE AS named FOR EACH STATEMENT EXECUTE FUNCTION parties_note_name_words();
