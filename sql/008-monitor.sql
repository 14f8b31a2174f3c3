BEGIN;
INSERT INTO vemre.migration (number, name) VALUES (8, 'monitor');

-- What monitor-election asks, as vemre_monitor: counters and the state of the cluster, never a row, never who. vemre_owner,
-- whose functions these are, may read PostgreSQL's statistics (roles.sql); nobody connects as it once voting is open.

CREATE INDEX journal_at ON vemre.journal (at);

CREATE FUNCTION vemre.health(OUT o_now double precision, OUT o_connections integer, OUT o_max_connections integer,
	OUT o_waiting integer, OUT o_longest_wait integer, OUT o_longest_transaction integer, OUT o_bytes bigint,
	OUT o_standby boolean, OUT o_commit text)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT EXTRACT(epoch FROM pg_catalog.clock_timestamp())::double precision,
		(SELECT pg_catalog.count(*) FROM pg_stat_activity a WHERE a.backend_type = 'client backend')::integer,
		pg_catalog.current_setting('max_connections')::integer,
		(SELECT pg_catalog.count(*) FROM pg_locks l WHERE NOT l.granted)::integer,
		(SELECT COALESCE(pg_catalog.max(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - l.waitstart)), 0)
			FROM pg_locks l WHERE NOT l.granted)::integer,
		(SELECT COALESCE(pg_catalog.max(EXTRACT(epoch FROM pg_catalog.clock_timestamp() - a.xact_start)), 0)
			FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.pid <> pg_catalog.pg_backend_pid())::integer,
		pg_catalog.pg_database_size(pg_catalog.current_database()),
		pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('synchronous_standby_names')
$$;
COMMENT ON FUNCTION vemre.health() IS 'connections, locks that are waited for (seconds), size, clock; for vemre_monitor';

-- pg_basebackup's own stream is no standby.
CREATE FUNCTION vemre.standbys() RETURNS TABLE (o_name text, o_state text, o_sync text, o_lag_seconds double precision,
	o_lag_bytes bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT r.application_name, r.state, r.sync_state, COALESCE(EXTRACT(epoch FROM r.replay_lag), 0)::double precision,
		pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), r.replay_lsn)::bigint
	FROM pg_stat_replication r WHERE r.state IN ('streaming', 'catchup') AND NOT pg_catalog.pg_is_in_recovery()
	ORDER BY r.application_name
$$;
COMMENT ON FUNCTION vemre.standbys() IS 'who follows this database and how far behind; for vemre_monitor';

-- Addresses as how many, never which.
CREATE FUNCTION vemre.login_counters(p_seconds integer, OUT o_failed bigint, OUT o_slowed bigint, OUT o_sessions bigint,
	OUT o_waiting bigint)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT (SELECT pg_catalog.count(*) FROM vemre.journal j
			WHERE j.at > pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => p_seconds)
				AND j.event = 'refused' AND pg_catalog.split_part(j.detail, ':', 1) = 'bad-login'),
		(SELECT pg_catalog.count(*) FROM vemre.slow_down s CROSS JOIN vemre.limits l
			WHERE s.failures >= l.address_failures
				AND s.began + pg_catalog.make_interval(secs => l.address_seconds) > pg_catalog.clock_timestamp()),
		(SELECT pg_catalog.count(*) FROM vemre.session s JOIN vemre.voter v USING (username)
			WHERE NOT v.synthetic AND s.state = 'in' AND s.expires > pg_catalog.clock_timestamp()),
		(SELECT pg_catalog.count(*) FROM vemre.session s JOIN vemre.voter v USING (username)
			WHERE NOT v.synthetic AND s.state = 'code' AND s.expires > pg_catalog.clock_timestamp())
$$;
COMMENT ON FUNCTION vemre.login_counters(integer) IS 'failed log-ins of the last seconds, addresses that are slowed down, open sessions; for vemre_monitor';

-- From the hourly counters, not from the box, which is large.
CREATE FUNCTION vemre.turnout(OUT o_voters bigint, OUT o_ballots bigint, OUT o_state text)
	LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
	SELECT (SELECT pg_catalog.count(*) FROM vemre.voter v WHERE v.active AND NOT v.synthetic),
		(SELECT COALESCE(pg_catalog.sum(p.ballots), 0)::bigint FROM vemre.participation p),
		vemre.state(pg_catalog.clock_timestamp())
$$;
COMMENT ON FUNCTION vemre.turnout() IS 'voters who may vote, ballots so far; for vemre_monitor';

GRANT EXECUTE ON FUNCTION vemre.health(), vemre.standbys(), vemre.login_counters(integer), vemre.turnout() TO vemre_monitor;
COMMIT;
