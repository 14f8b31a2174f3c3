-- The four roles of a cluster (DESIGN: PostgreSQL does the guarding). Roles belong to the cluster, not to a database, so
-- this file stands apart from the numbered migrations; a superuser runs it once per cluster with psql, and again without
-- harm. The cluster is for elections alone: its other databases are closed to whoever was not let in by name.
-- None has a password here: who may be which role is pg_hba.conf's business (peer with a map, or certificates).
DO $$
DECLARE
	v_role text;
BEGIN
	FOREACH v_role IN ARRAY ARRAY['vemre_owner', 'vemre_web', 'vemre_monitor', 'vemre_admin'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
			EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION', v_role);
		END IF;
	END LOOP;
END
$$;
-- Makes each election's database and owns what is in it; nothing that faces the network connects as it.
ALTER ROLE vemre_owner CREATEDB;
-- A ballot is acknowledged only when it is on the disk (and on the standby, where one is synchronous).
ALTER ROLE vemre_web SET synchronous_commit = 'on';
ALTER ROLE vemre_web SET statement_timeout = '10s';
ALTER ROLE vemre_web SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE vemre_monitor SET statement_timeout = '10s';
-- For the functions of 008-monitor.sql, which run as their owner; vemre_monitor itself gets no right to any statistics.
GRANT pg_read_all_stats TO vemre_owner;
COMMENT ON ROLE vemre_owner IS 'owns the schema; runs the migrations';
COMMENT ON ROLE vemre_web IS 'the backend: executes functions, has no right to any table';
COMMENT ON ROLE vemre_monitor IS 'executes the functions that tell counters';
COMMENT ON ROLE vemre_admin IS 'opens, closes, exports';

-- What PostgreSQL lets everybody do in every database and nobody needs here: filling the disk with large objects, writing
-- into the log of changes, and taking locks by number (whoever holds the closing's stops every cast; 003-cast.sql). Only a
-- superuser can take that away, so elections' databases are copies of this one.
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE postgres TO vemre_owner;
SELECT 'CREATE DATABASE template_vemre TEMPLATE template0 ENCODING ''UTF8'' IS_TEMPLATE true'
	WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = 'template_vemre') \gexec
REVOKE ALL ON DATABASE template_vemre FROM PUBLIC;
\connect template_vemre
DO $$
DECLARE
	v_function pg_catalog.regprocedure;
BEGIN
	FOR v_function IN SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace
		AND (p.proname ~ '^(lo_|loread|lowrite|pg_advisory_|pg_try_advisory_)' OR p.proname = 'pg_logical_emit_message') LOOP
		EXECUTE pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', v_function);
	END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_xact_lock(bigint), pg_catalog.pg_advisory_xact_lock_shared(bigint) TO vemre_owner;
REVOKE ALL ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO vemre_owner;
