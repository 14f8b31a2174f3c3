BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (10, 'entry');

-- What monitor-election keeps: the synthetic voter's log-ins, and the light of each component over time (numerals 23 to 26).

-- The account of monitor-election probe: a voter's row without a credential (001). A second time: another password or phone.
CREATE FUNCTION vemre.synthetic_voter(p_username text, p_auth_sha256 bytea, p_phone text, OUT o_outcome text)
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	v_state text := vemre.state(pg_catalog.clock_timestamp());
BEGIN
	IF v_state IS NULL OR v_state = 'closed' THEN
		o_outcome := CASE v_state WHEN 'closed' THEN 'closed' ELSE 'not-opened' END;
		RETURN;
	END IF;
	DELETE FROM vemre.session s USING vemre.voter v WHERE v.username = s.username AND v.synthetic;
	UPDATE vemre.voter v SET auth_sha256 = p_auth_sha256, phone = p_phone WHERE v.synthetic AND v.username = p_username;
	o_outcome := CASE WHEN FOUND THEN 'again' ELSE 'made' END;
	IF o_outcome = 'made' THEN
		INSERT INTO vemre.voter (username, auth_sha256, phone, district, credential, spare, active, synthetic)
			SELECT p_username, p_auth_sha256, p_phone, pg_catalog.min(d.id), NULL, false, true, true FROM vemre.district d;
	END IF;
	INSERT INTO vemre.journal (event, detail) VALUES ('synthetic-voter', p_username || ' ' || o_outcome);
END
$$;
COMMENT ON FUNCTION vemre.synthetic_voter(text, bytea, text) IS 'makes the account that can log in and never cast, or gives it another password; for vemre_admin';

CREATE TABLE vemre.entry (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	began timestamptz NOT NULL,
	prober text NOT NULL CHECK (octet_length(prober) BETWEEN 1 AND 64),
	outcome text NOT NULL CHECK (outcome IN ('ok', 'place', 'failed')),
	step text NOT NULL CHECK (step IN ('status', 'login', 'code', 'enter', 'session', 'leave')),
	detail text NOT NULL CHECK (octet_length(detail) <= 400),
	milliseconds integer[] NOT NULL CHECK (pg_catalog.array_length(milliseconds, 1) = 6),
	UNIQUE (prober, began)
);
COMMENT ON TABLE vemre.entry IS 'the synthetic voter''s log-ins; written by entry_add(), read by the monitor';
COMMENT ON COLUMN vemre.entry.outcome IS 'place: all went well up to the check of the place, whose answer was not the expected one';
COMMENT ON COLUMN vemre.entry.step IS 'the last one that was begun';
COMMENT ON COLUMN vemre.entry.milliseconds IS 'of each step in the order above; null: not reached';

CREATE TABLE vemre.sample (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	watcher text NOT NULL CHECK (octet_length(watcher) BETWEEN 1 AND 64),
	component text NOT NULL CHECK (component ~ '^[a-z]{1,20}$'),
	light text NOT NULL CHECK (light IN ('green', 'amber', 'red')),
	began timestamptz NOT NULL,
	ended timestamptz NOT NULL CHECK (ended >= began),
	UNIQUE (watcher, component, began)
);
COMMENT ON TABLE vemre.sample IS 'how long each component had a light, as monitor-election watch --record saw it; written by sample_add(), read by the report';
CREATE INDEX sample_began ON vemre.sample (began);

DO $$
DECLARE
	v_table text;
BEGIN
	FOREACH v_table IN ARRAY ARRAY['entry', 'sample'] LOOP
		EXECUTE pg_catalog.format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON vemre.%I FOR EACH ROW EXECUTE FUNCTION vemre.refuse_change()', v_table);
		EXECUTE pg_catalog.format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON vemre.%I FOR EACH STATEMENT EXECUTE FUNCTION vemre.refuse_change()', v_table);
	END LOOP;
END
$$;

-- Both may be told the same thing twice: what a file kept while the database was away is brought in again after a crash.
-- A log-in of the future (a prober's clock that is ahead, or a lie) began now: it would be the last one until then.
CREATE FUNCTION vemre.entry_add(p_prober text, p_began bigint, p_outcome text, p_step text, p_detail text,
	p_milliseconds integer[]) RETURNS void
	LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	INSERT INTO vemre.entry (began, prober, outcome, step, detail, milliseconds)
		VALUES (LEAST(pg_catalog.to_timestamp(p_began / 1000.0), pg_catalog.clock_timestamp()), p_prober, p_outcome, p_step, p_detail, p_milliseconds)
		ON CONFLICT DO NOTHING;
	IF FOUND THEN
		INSERT INTO vemre.journal (event, detail) VALUES ('synthetic-entry', p_outcome || ' ' || p_step);
	END IF;
END
$$;
COMMENT ON FUNCTION vemre.entry_add(text, bigint, text, text, text, integer[]) IS 'a log-in of the synthetic voter (p_began: milliseconds since 1970), and its line in the journal; for vemre_monitor';

CREATE FUNCTION vemre.sample_add(p_watcher text, p_component text, p_light text, p_began bigint, p_ended bigint) RETURNS void
	LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	INSERT INTO vemre.sample (watcher, component, light, began, ended)
		VALUES (p_watcher, p_component, p_light, pg_catalog.to_timestamp(p_began), pg_catalog.to_timestamp(p_ended))
		ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION vemre.sample_add(text, text, text, bigint, bigint) IS 'a component''s light over a while; for vemre_monitor';

CREATE FUNCTION vemre.entries(p_from bigint, p_to bigint) RETURNS TABLE (o_began bigint, o_outcome text, o_step text,
	o_detail text, o_milliseconds text)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT pg_catalog.floor(EXTRACT(epoch FROM e.began))::bigint, e.outcome, e.step, e.detail,
		pg_catalog.array_to_string(e.milliseconds, ',', '-')
	FROM vemre.entry e WHERE e.began BETWEEN pg_catalog.to_timestamp(p_from) AND pg_catalog.to_timestamp(p_to)
	ORDER BY e.began, e.id
$$;
COMMENT ON FUNCTION vemre.entries(bigint, bigint) IS 'the synthetic voter''s log-ins of a while; for vemre_monitor';

CREATE FUNCTION vemre.last_entry(OUT o_account boolean, OUT o_age bigint, OUT o_outcome text, OUT o_step text,
	OUT o_detail text, OUT o_milliseconds text, OUT o_ok_age bigint, OUT o_state text)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXISTS (SELECT FROM vemre.voter v WHERE v.synthetic),
		EXTRACT(epoch FROM pg_catalog.clock_timestamp() - e.began)::bigint, e.outcome, e.step, e.detail,
		pg_catalog.array_to_string(e.milliseconds, ',', '-'),
		(SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.max(g.began))::bigint
			FROM vemre.entry g WHERE g.outcome = 'ok'),
		vemre.state(pg_catalog.clock_timestamp())
	FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT * FROM vemre.entry l ORDER BY l.began DESC, l.id DESC LIMIT 1) e ON true
$$;
COMMENT ON FUNCTION vemre.last_entry() IS 'is there a synthetic voter, how its last log-in went (nulls: none yet), and may one enter now; for vemre_monitor';
CREATE INDEX entry_began ON vemre.entry (began);

CREATE FUNCTION vemre.samples(p_from bigint, p_to bigint) RETURNS TABLE (o_component text, o_light text, o_began bigint,
	o_ended bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT s.component, s.light, EXTRACT(epoch FROM s.began)::bigint, EXTRACT(epoch FROM s.ended)::bigint
	FROM vemre.sample s WHERE s.began < pg_catalog.to_timestamp(p_to) AND s.ended > pg_catalog.to_timestamp(p_from)
	ORDER BY s.component, s.began, s.ended
$$;
COMMENT ON FUNCTION vemre.samples(bigint, bigint) IS 'every component''s lights of a while, in order; for vemre_monitor';

GRANT EXECUTE ON FUNCTION vemre.synthetic_voter(text, bytea, text) TO vemre_admin;
GRANT EXECUTE ON FUNCTION vemre.entry_add(text, bigint, text, text, text, integer[]),
	vemre.sample_add(text, text, text, bigint, bigint), vemre.entries(bigint, bigint), vemre.last_entry(),
	vemre.samples(bigint, bigint) TO vemre_monitor;
COMMIT;
