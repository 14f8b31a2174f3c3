/* See integrity.h. Objects made after initdb have an oid from 16384 on (FirstNormalObjectId), in whatever schema. */
#include "store/integrity.h"

static const char sql_objects[] =
        "WITH object(name, text) AS ("
        " SELECT 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',"
        "  concat_ws(E'\\n', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) ELSE 'aggregate' END,"
        "   'owner ' || p.proowner::regrole, 'rights ' || COALESCE(p.proacl::text, 'default'))"
        "  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid >= 16384"
        " UNION ALL SELECT 'rights ' || p.oid::regprocedure, replace(p.proacl::text, (SELECT b.rolname FROM pg_roles b"
        "  WHERE b.oid = 10), '(superuser)') FROM pg_proc p LEFT JOIN pg_init_privs i ON i.objoid = p.oid"
        "   AND i.classoid = 'pg_proc'::regclass WHERE p.oid < 16384 AND p.proacl IS DISTINCT FROM i.initprivs"
        " UNION ALL SELECT 'relation ' || n.nspname || '.' || c.relname,"
        "  concat_ws(E'\\n', concat('kind ', c.relkind, c.relpersistence, c.relrowsecurity), 'owner ' || c.relowner::regrole,"
        "   'rights ' || COALESCE(c.relacl::text, 'default'), 'options ' || COALESCE(c.reloptions::text, ''),"
        "   CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,"
        "   (SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attstorage,"
        "     a.attidentity, pg_get_expr(d.adbin, d.adrelid), a.attacl::text), E'\\n' ORDER BY a.attnum)"
        "    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
        "    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped))"
        "  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_t'"
        " UNION ALL SELECT 'constraint ' || k.conrelid::regclass || '.' || k.conname,"
        "  concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated) FROM pg_constraint k"
        "  WHERE k.oid >= 16384 AND k.conrelid <> 0"
        " UNION ALL SELECT 'index ' || i.indexrelid::regclass, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid)"
        "  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  WHERE i.indexrelid >= 16384 AND n.nspname !~ '^pg_t'"
        " UNION ALL SELECT 'trigger ' || t.tgrelid::regclass || '.' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)"
        "  FROM pg_trigger t WHERE NOT t.tgisinternal"
        " UNION ALL SELECT 'event trigger ' || evtname, concat_ws(' ', evtevent, evtfoid::regproc, evtenabled) FROM pg_event_trigger"
        " UNION ALL SELECT 'rule ' || r.ev_class::regclass || '.' || r.rulename, pg_get_ruledef(r.oid) FROM pg_rewrite r"
        "  WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'"
        " UNION ALL SELECT 'policy ' || p.polrelid::regclass || '.' || p.polname, concat_ws(' ', p.polcmd, p.polroles::text,"
        "   pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) FROM pg_policy p"
        " UNION ALL SELECT 'schema ' || n.nspname, replace(concat_ws(' ', n.nspowner::regrole, COALESCE(n.nspacl::text, 'default')),"
        "   (SELECT b.rolname FROM pg_roles b WHERE b.oid = 10), '(superuser)')"
        "  FROM pg_namespace n WHERE n.nspname !~ '^pg_t'"
        " UNION ALL SELECT 'default rights ' || concat_ws(' ', d.defaclrole::regrole, NULLIF(d.defaclnamespace, 0)::regnamespace,"
        "   d.defaclobjtype), d.defaclacl::text FROM pg_default_acl d"
        " UNION ALL SELECT 'extension ' || e.extname, concat_ws(' ', e.extversion, e.extowner < 16384) FROM pg_extension e"
        " UNION ALL SELECT 'database', concat_ws(' ', d.datdba::regrole, d.datacl::text, pg_encoding_to_char(d.encoding))"
        "  FROM pg_database d WHERE d.datname = current_database()"
        " UNION ALL SELECT 'role ' || r.rolname, concat_ws(' ', r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb,"
        "   r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolconnlimit,"
        "   (SELECT string_agg(c, ';' ORDER BY c COLLATE \"C\") FROM unnest(r.rolconfig) c)) FROM pg_roles r WHERE r.rolname ~ '^vemre'"
        " UNION ALL SELECT 'member ' || m.member::regrole || ' of ' || m.roleid::regrole, m.admin_option::text"
        "  FROM pg_auth_members m WHERE m.member::regrole::text ~ '^vemre' OR m.roleid::regrole::text ~ '^vemre'"
        " UNION ALL SELECT 'setting ' || COALESCE(NULLIF(s.setrole, 0)::regrole::text, 'all'), s.setconfig::text"
        "  FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()"
        ") SELECT name COLLATE \"C\" AS name, text FROM object ORDER BY 1, text COLLATE \"C\"";

enum status integrity_tell(struct connection *c, integrity_listener tell, void *ctx)
{
	PGresult *rows;
	enum status r = connection_run(c, &rows, sql_objects, 0, NULL);

	if (r != OK)
		return r;
	for (int i = 0; i < PQntuples(rows) && r == OK; i++)
		r = tell(ctx, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1));
	PQclear(rows);
	return r;
}
