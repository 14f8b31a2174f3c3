BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (9, 'journal');

-- The journal sealed every minute (PROTOCOL 12, end) by monitor-election, which is vemre_monitor: it may chain what is there
-- and add the head of the operators' own journal, and nothing else.

-- The head of another journal in this one: from the next seal on it is signed with it.
CREATE FUNCTION vemre.journal_other(p_name text, p_lines bigint, p_last bytea) RETURNS boolean
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_detail text := p_name || ' ' || p_lines || ' ' || pg_catalog.encode(p_last, 'hex');
	v_before text;
BEGIN
	IF p_name !~ '^[a-z-]{1,40}[.]jsonl$' OR p_lines < 0 OR pg_catalog.octet_length(p_last) <> 32 THEN
		RETURN false;
	END IF;
	SELECT j.detail INTO v_before FROM vemre.journal j
		WHERE j.event = 'journal-head' AND pg_catalog.starts_with(j.detail, p_name || ' ') ORDER BY j.id DESC LIMIT 1;
	IF v_before IS DISTINCT FROM v_detail THEN
		INSERT INTO vemre.journal (event, detail) VALUES ('journal-head', v_detail);
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION vemre.journal_other(text, bigint, bytea) IS 'notes how far another journal has come, once per change; for vemre_monitor';
CREATE INDEX journal_heads ON vemre.journal (id) WHERE event = 'journal-head';

-- The rows must still say what was chained: whoever edits or deletes a row of vemre.journal alone shows here.
CREATE FUNCTION vemre.journal_faults(p_after bigint) RETURNS TABLE (o_line bigint, o_missing boolean)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT l.line_no, j.id IS NULL FROM vemre.journal_link l
		LEFT JOIN vemre.journal_link b ON b.line_no = l.line_no - 1
		LEFT JOIN vemre.journal j ON j.id = l.id
	WHERE l.line_no > p_after AND (j.id IS NULL OR l.line IS DISTINCT FROM
		vemre.journal_line(j, COALESCE(b.sha256, pg_catalog.sha256(''::bytea))))
	ORDER BY l.line_no LIMIT 10
$$;
COMMENT ON FUNCTION vemre.journal_faults(bigint) IS 'chained lines beyond p_after whose row is gone or says something else, the first ten; for vemre_monitor';

GRANT EXECUTE ON FUNCTION vemre.journal_seal(), vemre.journal_other(text, bigint, bytea), vemre.journal_faults(bigint)
	TO vemre_monitor;
COMMIT;
