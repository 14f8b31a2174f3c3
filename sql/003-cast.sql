BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (3, 'cast');

-- Casting, the box, status, the server's journal.

CREATE FUNCTION vemre.closing_lock() RETURNS bigint
	LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT 370529882693 $$; -- "VEMRE" in ASCII
COMMENT ON FUNCTION vemre.closing_lock() IS 'advisory lock: shared by casts, exclusive for the closing';

-- What session_of() says, as far as a cast needs it, in one query. Of what the voter has cast no more than that there is
-- something: its receipt is told by cast_ballot() alone, whose commit waits (commit_waits).
CREATE FUNCTION vemre.cast_session(p_token_sha256 bytea,
	OUT o_state text, OUT o_district text, OUT o_credential bytea, OUT o_voted boolean)
	LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz := pg_catalog.clock_timestamp();
BEGIN
	SELECT s.state, v.district, v.credential, EXISTS (SELECT FROM vemre.ballot b WHERE b.credential = v.credential)
		INTO o_state, o_district, o_credential, o_voted
		FROM vemre.session s JOIN vemre.voter v ON v.username = s.username AND v.active
		WHERE s.token_sha256 = p_token_sha256 AND s.expires > v_now AND vemre.state(v_now) = 'open';
	o_state := COALESCE(o_state, 'none');
END
$$;
COMMENT ON FUNCTION vemre.cast_session(bytea) IS 'whose a session is; for vemre_web';

-- The whole cast. The receipt was signed before and is stored beside the ballot: the backend hands it out when the
-- commit of this transaction has been confirmed, and the same ballot gets the same receipt for ever. FOR SHARE is written
-- to the log, so that 'again' and 'already-voted' wait for the standby too.
CREATE FUNCTION vemre.cast_ballot(p_token_sha256 bytea, p_tracker bytea, p_credential bytea, p_ballot bytea,
	p_receipt bytea,
	OUT o_outcome text, OUT o_tracker bytea, OUT o_receipt bytea, OUT o_now text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_now timestamptz;
	v_state text;
	v_voter vemre.voter;
BEGIN
	PERFORM vemre.commit_waits();
	-- First the lock, then the clock: whoever waits here while the election is being closed is late.
	PERFORM pg_catalog.pg_advisory_xact_lock_shared(vemre.closing_lock());
	v_now := pg_catalog.clock_timestamp();
	v_state := vemre.state(v_now);
	o_now := vemre.moment(v_now);
	IF v_state IS DISTINCT FROM 'open' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-open' END;
		RETURN;
	END IF;
	-- FOR SHARE of the voter: a reissue that replaces this credential waits for us, or we see it.
	SELECT v.* INTO v_voter FROM vemre.session s JOIN vemre.voter v ON v.username = s.username
		WHERE s.token_sha256 = p_token_sha256 AND s.state = 'in' AND s.expires > v_now AND v.active
		FOR SHARE OF v;
	IF NOT FOUND THEN
		o_outcome := 'no-session';
		RETURN;
	END IF;
	-- The monitor's account has none: no ballot is its own, not even one of no credential.
	IF v_voter.credential IS NULL OR v_voter.credential IS DISTINCT FROM p_credential THEN
		o_outcome := 'not-yours';
		RETURN;
	END IF;
	INSERT INTO vemre.ballot (tracker, credential, district, ballot, receipt)
		VALUES (p_tracker, p_credential, v_voter.district, p_ballot, p_receipt)
		ON CONFLICT DO NOTHING;
	IF FOUND THEN
		INSERT INTO vemre.participation AS c (hour, shard, ballots)
			VALUES (pg_catalog.date_trunc('hour', v_now), pg_catalog.pg_backend_pid() % 16, 1)
			ON CONFLICT (hour, shard) DO UPDATE SET ballots = c.ballots + 1;
		o_outcome := 'stored';
		o_tracker := p_tracker;
		o_receipt := p_receipt;
		RETURN;
	END IF;
	SELECT b.tracker, b.receipt INTO STRICT o_tracker, o_receipt FROM vemre.ballot b WHERE b.credential = p_credential;
	o_outcome := CASE WHEN o_tracker = p_tracker THEN 'again' ELSE 'already-voted' END;
END
$$;
COMMENT ON FUNCTION vemre.cast_ballot(bytea, bytea, bytea, bytea, bytea) IS 'one ballot per credential, in whole or not at all, between opens and closes; for vemre_web';

CREATE FUNCTION vemre.in_box(p_tracker bytea) RETURNS boolean
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM vemre.ballot b WHERE b.tracker = p_tracker)
$$;
COMMENT ON FUNCTION vemre.in_box(bytea) IS 'anyone may ask whether a tracker is in the box; for vemre_web';

CREATE FUNCTION vemre.status(OUT o_slug text, OUT o_eid bytea, OUT o_credentials_sha256 bytea, OUT o_state text,
	OUT o_now text, OUT o_opens text, OUT o_closes text, OUT o_simulation boolean)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT e.slug, e.eid, e.credentials_sha256, vemre.state(n.at), vemre.moment(n.at), vemre.moment(e.opens),
		vemre.moment(e.closes), e.simulation
	FROM vemre.election e, (SELECT pg_catalog.clock_timestamp() AS at OFFSET 0) n
$$;
COMMENT ON FUNCTION vemre.status() IS 'what the page asks first; for vemre_web, vemre_admin, vemre_monitor';

-- The backend tells of refusals: that something was opened, closed or reissued it may not make up.
CREATE FUNCTION vemre.note(p_event text, p_reference text, p_detail text) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF session_user = 'vemre_web' AND p_event IS DISTINCT FROM 'refused' THEN
		RAISE EXCEPTION 'not an event of the backend' USING ERRCODE = 'check_violation';
	END IF;
	INSERT INTO vemre.journal (event, reference, detail) VALUES (p_event, p_reference, p_detail);
END
$$;
COMMENT ON FUNCTION vemre.note(text, text, text) IS 'a line of the server''s journal; for vemre_web and vemre_admin';

CREATE FUNCTION vemre.journal_line(p_entry vemre.journal, p_previous bytea) RETURNS text
	LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
	SELECT pg_catalog.json_build_object('time', vemre.moment(p_entry.at), 'program', 'vemre-server',
		'event', p_entry.event, 'who', NULL, 'detail', pg_catalog.json_strip_nulls(pg_catalog.json_build_object(
			'reference', p_entry.reference, 'text', p_entry.detail)),
		'previous', pg_catalog.encode(p_previous, 'hex'))::text
$$;
COMMENT ON FUNCTION vemre.journal_line(vemre.journal, bytea) IS 'an entry as a line of the chain; for journal_seal and journal_faults';

-- Lines have the form of lib/journal. They are numbered when they are chained, not when they were written: what commits
-- late is chained late, never between.
CREATE FUNCTION vemre.journal_seal(OUT o_lines bigint, OUT o_last bytea)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_entry vemre.journal;
	v_line text;
BEGIN
	LOCK TABLE vemre.journal_link IN SHARE ROW EXCLUSIVE MODE;
	SELECT l.line_no, l.sha256 INTO o_lines, o_last FROM vemre.journal_link l ORDER BY l.line_no DESC LIMIT 1;
	o_lines := COALESCE(o_lines, 0);
	o_last := COALESCE(o_last, pg_catalog.sha256(''::bytea));
	FOR v_entry IN SELECT j.* FROM vemre.journal j
	               WHERE NOT EXISTS (SELECT FROM vemre.journal_link l WHERE l.id = j.id) ORDER BY j.id LOOP
		o_lines := o_lines + 1;
		v_line := vemre.journal_line(v_entry, o_last);
		o_last := pg_catalog.sha256(pg_catalog.convert_to(v_line, 'UTF8'));
		INSERT INTO vemre.journal_link (line_no, id, line, sha256) VALUES (o_lines, v_entry.id, v_line, o_last);
	END LOOP;
END
$$;
COMMENT ON FUNCTION vemre.journal_seal() IS 'chains the journal''s new entries and tells the head (PROTOCOL 12, end); for vemre_admin and vemre_monitor';

GRANT EXECUTE ON FUNCTION vemre.cast_session(bytea), vemre.cast_ballot(bytea, bytea, bytea, bytea, bytea), vemre.in_box(bytea) TO vemre_web;
GRANT EXECUTE ON FUNCTION vemre.status() TO vemre_web, vemre_admin, vemre_monitor;
GRANT EXECUTE ON FUNCTION vemre.note(text, text, text) TO vemre_web, vemre_admin;
GRANT EXECUTE ON FUNCTION vemre.journal_seal() TO vemre_admin;
GRANT SELECT ON vemre.journal_link TO vemre_admin, vemre_monitor;
COMMIT;
