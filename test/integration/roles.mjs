// Every right of every role of an election's database, and every one that it has not, tried.
//
//   node roles.mjs rights            what the catalogue says, a line each: role, right, object (compared with roles.rights)
//   node roles.mjs tables ROLE       each table and view × each way to touch it, tried; each function called
//   node roles.mjs forbidden ROLE    what no role may do, tried one by one
//   node roles.mjs intruder          a hostile search_path, operators of one's own, against the functions that run as owner
//
// DB_SOCKET, ELECTION from the environment. A role's statements are run by psql as that role, each in a transaction that is
// rolled back; what PostgreSQL answered is its SQLSTATE.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { env } = process;
const DATABASE = 'vemre-simulacro';
const DENIED = '42501';
const sorted = (lines) => [...lines].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)); // by bytes

function psql(role, input, options = []) {
  const r = spawnSync('psql', ['-X', '-q', '-At', '-h', env.DB_SOCKET, '-U', role, '-d', DATABASE, ...options],
    { input, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (r.error) throw r.error;
  return r;
}
/** Rows of a query, as the superuser. */
function rows(query) {
  const r = psql('postgres', query, ['-v', 'ON_ERROR_STOP=1', '-F', '\t']);
  if (r.status !== 0) throw new Error(r.stderr);
  return r.stdout.split('\n').filter((l) => l !== '').map((l) => l.split('\t'));
}
/** [[label, statement]] → Map label → SQLSTATE. */
function tried(role, attempts) {
  const script = attempts.map(([, statement], i) => `BEGIN;\n${statement};\n\\echo =${i} :SQLSTATE\nROLLBACK;\n`).join('');
  const r = psql(role, script);
  const said = new Map([...r.stdout.matchAll(/^=(\d+) (\S+)$/gm)].map(([, i, state]) => [Number(i), state]));
  if (said.size !== attempts.length) throw new Error(`${role}: ${said.size} of ${attempts.length} attempts answered: ${r.stderr.slice(-500)}`);
  return new Map(attempts.map(([label], i) => [label, said.get(i)]));
}

const OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";
const RIGHTS = `
WITH role AS (SELECT oid, rolname AS name FROM pg_roles WHERE rolname ~ '^vemre_'),
thing AS (
  SELECT r.oid AS role, r.name, lower(p.p) AS what, 'relation ' || c.oid::regclass AS object, c.relowner AS owner
    FROM role r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p(p)
    WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND has_table_privilege(r.oid, c.oid, p.p)
  UNION ALL SELECT r.oid, r.name, lower(p.p), 'column ' || c.oid::regclass || '.' || a.attname, c.relowner
    FROM role r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid,
      unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p(p)
    WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(r.oid, c.oid, a.attnum, p.p) AND NOT has_table_privilege(r.oid, c.oid, p.p)
  UNION ALL SELECT r.oid, r.name, lower(p.p), 'sequence ' || c.oid::regclass, c.relowner
    FROM role r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) p(p)
    WHERE ${OURS} AND c.relkind = 'S' AND has_sequence_privilege(r.oid, c.oid, p.p)
  UNION ALL SELECT r.oid, r.name, 'execute', 'function ' || f.oid::regprocedure, f.proowner
    FROM role r, pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE ${OURS} AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
  -- of PostgreSQL's own functions and tables, those that are not everybody's
  UNION ALL SELECT r.oid, r.name, 'execute', 'function ' || f.oid::regprocedure, f.proowner
    FROM role r, pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE NOT (${OURS}) AND f.proacl IS NOT NULL AND has_function_privilege(r.oid, f.oid, 'EXECUTE')
      AND NOT EXISTS (SELECT FROM aclexplode(f.proacl) a WHERE a.grantee = 0)
  UNION ALL SELECT r.oid, r.name, lower(p.p), 'relation ' || c.oid::regclass, c.relowner
    FROM role r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p(p)
    WHERE NOT (${OURS}) AND n.nspname !~ '^pg_t' AND c.relkind IN ('r', 'v') AND has_table_privilege(r.oid, c.oid, p.p)
      AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = 0 AND a.privilege_type = p.p)
  UNION ALL SELECT r.oid, r.name, lower(p.p), 'schema ' || n.nspname, n.nspowner
    FROM role r, pg_namespace n, unnest(ARRAY['USAGE', 'CREATE']) p(p) WHERE ${OURS} AND has_schema_privilege(r.oid, n.oid, p.p)
  UNION ALL SELECT r.oid, r.name, lower(p.p), 'database ' || d.datname, d.datdba
    FROM role r, pg_database d, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) p(p)
    WHERE has_database_privilege(r.oid, d.oid, p.p) AND d.datallowconn
  UNION ALL SELECT r.oid, r.name, 'usage', 'language ' || l.lanname, l.lanowner FROM role r, pg_language l
    WHERE l.lanpltrusted AND has_language_privilege(r.oid, l.oid, 'USAGE')
  UNION ALL SELECT r.oid, r.name, 'create', 'tablespace ' || t.spcname, t.spcowner FROM role r, pg_tablespace t
    WHERE has_tablespace_privilege(r.oid, t.oid, 'CREATE')
)
-- what a role owns it may do everything with
SELECT name, what, object FROM thing WHERE owner <> role
UNION ALL SELECT a.grantee::regrole::text, 'grants on', lower(a.privilege_type) || ' ' || c.oid::regclass
  FROM pg_class c, aclexplode(c.relacl) a WHERE a.is_grantable AND a.grantee NOT IN (c.relowner, 10)
UNION ALL SELECT a.grantee::regrole::text, 'grants on', f.oid::regprocedure::text
  FROM pg_proc f, aclexplode(f.proacl) a WHERE a.is_grantable AND a.grantee NOT IN (f.proowner, 10)
UNION ALL SELECT r.name, 'member', m.roleid::regrole::text FROM role r JOIN pg_auth_members m ON m.member = r.oid
UNION ALL SELECT 'everybody', 'member', m.member::regrole || ' of ' || r.name FROM role r JOIN pg_auth_members m ON m.roleid = r.oid
UNION ALL SELECT r.name, 'attribute', a.a FROM role r JOIN pg_roles p ON p.oid = r.oid,
  LATERAL (VALUES ('superuser', p.rolsuper), ('createrole', p.rolcreaterole), ('createdb', p.rolcreatedb),
    ('replication', p.rolreplication), ('bypassrls', p.rolbypassrls)) a(a, has) WHERE a.has
UNION ALL SELECT r.name, 'owns', count(*)::text || ' functions that run as owner' FROM role r JOIN pg_proc f ON f.proowner = r.oid
  AND f.prosecdef GROUP BY r.name
UNION ALL SELECT a.grantee::regrole::text, lower(a.privilege_type), 'parameter ' || q.parname FROM pg_parameter_acl q, aclexplode(q.paracl) a
UNION ALL SELECT d.defaclrole::regrole::text, 'default', d.defaclobjtype::text || ' ' || d.defaclacl::text FROM pg_default_acl d`;
const rights = () => sorted(rows(RIGHTS).map((r) => r.join(' ')));

/** How a right to a table is tried so that its refusal comes before any other fault. */
const TOUCH = {
  select: (t) => `SELECT FROM ${t}`,
  insert: (t) => `INSERT INTO ${t} DEFAULT VALUES`,
  update: (t, column) => `UPDATE ${t} SET ${column} = DEFAULT`,
  delete: (t) => `DELETE FROM ${t}`,
  truncate: (t) => `TRUNCATE ${t}`,
};

function tables(role) {
  const allowed = new Set(rights().filter((l) => l.startsWith(`${role} `)).map((l) => l.slice(role.length + 1)));
  const relations = rows(`SELECT c.oid::regclass, c.relkind, (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum LIMIT 1) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'vemre' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`);
  const columns = rows(`SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid WHERE n.nspname = 'vemre' AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0`);
  const functions = rows(`SELECT f.oid::regprocedure, 'vemre.' || quote_ident(f.proname) || '(' ||
      (SELECT COALESCE(string_agg('NULL::' || format_type(t.t, NULL), ', ' ORDER BY t.i), '') FROM unnest(f.proargtypes) WITH ORDINALITY t(t, i)) || ')'
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname = 'vemre'`);
  const attempts = [];
  for (const [table, kind, column] of relations) {
    for (const [right, statement] of Object.entries(TOUCH)) {
      // A view that cannot be written is refused for that before its rights are looked at.
      const others = kind === 'v' && right !== 'select' ? ['55000', '0A000', '42809'] : [];
      attempts.push([`${right} relation ${table}`, statement(table, column), others]);
    }
    if (kind === 'r') {
      attempts.push([`copy relation ${table}`, `COPY ${table} TO STDOUT`, [], `select relation ${table}`]);
      attempts.push([`lock relation ${table}`, `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`, [], `update relation ${table}`]);
      attempts.push([`alter relation ${table}`, `ALTER TABLE ${table} DISABLE TRIGGER ALL`, []]);
      attempts.push([`drop relation ${table}`, `DROP TABLE ${table} CASCADE`, []]);
      attempts.push([`trigger relation ${table}`, `CREATE TRIGGER t BEFORE INSERT ON ${table} EXECUTE FUNCTION suppress_redundant_updates_trigger()`, []]);
    }
  }
  for (const [table, column] of columns)
    attempts.push([`select column ${table}.${column}`, `SELECT ${column} FROM ${table}`, [], `select relation ${table}`]);
  for (const [signature, call] of functions) {
    attempts.push([`execute function ${signature}`, `SELECT ${call}`, []]);
    attempts.push([`replace function ${signature}`, `ALTER FUNCTION ${signature} SECURITY INVOKER`, []]);
  }
  const said = tried(role, attempts);
  let denied = 0;
  const faults = [];
  for (const [label, , others, right = label] of attempts) {
    const state = said.get(label);
    const refusal = state === DENIED || others.includes(state);
    if (refusal) denied += 1;
    if (refusal === allowed.has(right)) faults.push(`${role}: ${label}: ${state}, ${allowed.has(right) ? 'granted' : 'not granted'}`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  console.log(`${role}: ${attempts.length} attempts, ${denied} refused, ${attempts.length - denied} granted`);
}

/** What no role may do, whatever it was granted; the owner only where it says so. */
const FORBIDDEN = {
  'reads a phone': 'SELECT phone FROM vemre.voter',
  'reads an auth hash': 'SELECT auth_sha256 FROM vemre.voter',
  'reads a code': 'SELECT hmac FROM vemre.code',
  'reads a session token': 'SELECT token_sha256 FROM vemre.session',
  'reads an authenticator secret': 'SELECT secret FROM vemre.totp',
  'reads an address': 'SELECT address FROM vemre.slow_down',
  'changes a ballot': 'owner:UPDATE vemre.ballot SET ballot = receipt',
  'takes a ballot out': 'owner:DELETE FROM vemre.ballot',
  'empties the box': 'owner:TRUNCATE vemre.ballot',
  'puts a ballot in without a session': "INSERT INTO vemre.ballot SELECT sha256('x'), credential, district, 'x', 'xxxxxxxx' FROM vemre.voter",
  'rewrites the journal': "owner:UPDATE vemre.journal SET detail = ''",
  'cuts the journal': 'owner:DELETE FROM vemre.journal',
  'rewrites the chain': "owner:UPDATE vemre.journal_link SET line = ''",
  'puts a line in the chain': "INSERT INTO vemre.journal_link VALUES (1, 1, 'x', sha256('x'))",
  'makes up that the election was opened': "but-admin:SELECT vemre.note('opened', NULL, 'x')",
  'moves the closing': "owner:UPDATE vemre.election SET closes = closes + interval '1 day'",
  'opens again': 'DELETE FROM vemre.closing',
  'makes a table in the schema': 'CREATE TABLE vemre.mine (a integer)',
  'makes a function in the schema': "CREATE FUNCTION vemre.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
  'makes a table in public': 'CREATE TABLE public.mine (a integer)',
  'makes a temporary table': 'CREATE TEMPORARY TABLE mine (a integer)',
  'makes a temporary function': "CREATE FUNCTION pg_temp.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
  'makes a schema': 'CREATE SCHEMA mine',
  'runs code of its own': "DO $x$ BEGIN NULL; END $x$",
  'makes a role': 'any:CREATE ROLE mine SUPERUSER',
  'becomes a superuser': 'any:ALTER ROLE CURRENT_USER SUPERUSER',
  'joins the owner': 'any:GRANT vemre_owner TO CURRENT_USER',
  'joins those who read files': 'any:GRANT pg_read_server_files TO CURRENT_USER',
  'acts as the owner': 'SET ROLE vemre_owner',
  'acts as the superuser': 'any:SET ROLE postgres',
  'acts as the administrator': 'admin:SET ROLE vemre_admin',
  'acts as the backend': 'web:SET ROLE vemre_web',
  'logs in anew as the superuser': 'any:SET SESSION AUTHORIZATION postgres',
  'switches the triggers off': 'any:SET session_replication_role = replica',
  'loads a library': "any:LOAD '/usr/lib/postgresql/15/lib/dblink.so'",
  'reads a file': "any:SELECT pg_read_file('/etc/passwd')",
  'reads a file by bytes': "any:SELECT pg_read_binary_file('PG_VERSION')",
  'lists a folder': "any:SELECT pg_ls_dir('.')",
  'copies from a file': "any:COPY vemre.load_voter FROM '/etc/passwd'",
  'copies to a file': "any:COPY (SELECT 1) TO '/tmp/vemre-roles'",
  'runs a program': "any:COPY (SELECT 1) TO PROGRAM 'true'",
  'brings a file in as a large object': "any:SELECT lo_import('/etc/passwd')",
  'makes a large object': 'SELECT lo_create(0)',
  'makes a large object of bytes': "SELECT lo_from_bytea(0, 'x')",
  'takes the closing lock': 'SELECT pg_advisory_lock(370529882693)',
  'takes the closing lock for a transaction': 'but-owner:SELECT pg_advisory_xact_lock(370529882693)',
  'writes into the log of changes': "SELECT pg_logical_emit_message(true, 'x', 'x')",
  'brings dblink in': 'any:CREATE EXTENSION dblink SCHEMA vemre',
  'brings an untrusted language in': 'any:CREATE EXTENSION plperlu SCHEMA pg_catalog',
  'makes a server elsewhere': 'any:CREATE SERVER mine FOREIGN DATA WRAPPER postgres_fdw',
  'ends other sessions': "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND backend_type = 'client backend'",
  'reads the passwords of roles': 'any:SELECT rolpassword FROM pg_authid',
  'reads what the planner remembers of columns': 'any:SELECT stavalues1 FROM pg_statistic',
  'reads the rules of log-in': 'any:SELECT * FROM pg_hba_file_rules',
  'changes the server': "any:ALTER SYSTEM SET fsync = 'off'",
  'reloads the server': 'any:SELECT pg_reload_conf()',
  'switches commits off for the backend': "web:ALTER ROLE vemre_web SET synchronous_commit = 'off'",
  'drops the database': 'any:DROP DATABASE postgres',
};
const WHO = { any: () => true, owner: () => true, admin: (r) => r !== 'vemre_admin', web: (r) => r !== 'vemre_web',
  'but-owner': (r) => r !== 'vemre_owner', 'but-admin': (r) => !['vemre_owner', 'vemre_admin'].includes(r) };
// Besides 42501, where something else is looked at before the rights: an extension or a wrapper that is not installed here,
// a transaction that some statements may not be in; and what a function refuses whoever may call it.
const ALSO = { 'brings dblink in': ['0A000', '58P01'], 'brings an untrusted language in': ['0A000', '58P01'],
  'makes a server elsewhere': ['42704'], 'drops the database': ['25001'], 'changes the server': ['25001'],
  'makes up that the election was opened': ['23514'] };

function forbidden(role) {
  const mine = Object.entries(FORBIDDEN).map(([label, text]) => {
    const [, who, statement] = /^(?:([a-z-]+):)?(.*)$/s.exec(text);
    return [label, statement, who];
  }).filter(([, , who]) => (who === undefined ? role !== 'vemre_owner' : WHO[who](role)));
  const faults = [...tried(role, mine)].filter(([label, state]) => state !== DENIED && !(ALSO[label] ?? []).includes(state));
  // It finds no session that it may see.
  const real = faults.filter(([label, state]) => !(label === 'ends other sessions' && state === '00000'));
  if (real.length > 0) throw new Error(real.map(([label, state]) => `${role} ${label}: ${state}`).join('\n'));
  console.log(`${role}: ${mine.length} forbidden, all refused`);
}

// Somebody with all that the backend may do, and besides a schema, temporary objects and a language, which no role has.
function intruder() {
  const voter = JSON.parse(readFileSync(`${env.ELECTION}/voters.json`, 'utf8'))[0].username;
  const unsafe = rows(`SELECT f.oid::regprocedure FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE ${OURS} AND f.prosecdef AND NOT COALESCE('search_path=pg_catalog, pg_temp' = ANY (f.proconfig), false)`);
  if (unsafe.length > 0) throw new Error(`run as owner without a fixed search_path: ${unsafe.join(', ')}`);
  const sure = ['-v', 'ON_ERROR_STOP=1'];
  psql('postgres', `GRANT vemre_web TO vemre_nobody; GRANT USAGE ON LANGUAGE plpgsql TO vemre_nobody;
    GRANT TEMPORARY ON DATABASE "${DATABASE}" TO vemre_nobody; CREATE SCHEMA hostile AUTHORIZATION vemre_nobody`, sure);
  const r = psql('vemre_nobody', `BEGIN;
    CREATE FUNCTION hostile.never(bytea, bytea) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN false; END';
    CREATE OPERATOR hostile.<> (FUNCTION = hostile.never, LEFTARG = bytea, RIGHTARG = bytea);
    CREATE FUNCTION hostile.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RETURN ''2000-01-01''; END';
    CREATE FUNCTION hostile.moment(timestamptz) RETURNS text LANGUAGE plpgsql AS 'BEGIN RETURN ''hijacked''; END';
    CREATE TEMPORARY TABLE limits (code_tries integer);
    CREATE TEMPORARY TABLE voter (username text);
    SET LOCAL search_path = hostile, pg_temp, vemre, pg_catalog;
    SELECT NOT ('a'::bytea <> 'b'::bytea) AND clock_timestamp() < '2001-01-01' AND moment(now()) = 'hijacked';
    SELECT o_outcome FROM vemre.begin_login('${voter}', sha256('wrong'), sha256('t'), sha256('c'), NULL);
    SELECT o_now = 'hijacked' OR o_now < '2001' FROM vemre.status();
    SELECT o_outcome FROM vemre.cast_ballot(sha256('t'), sha256('x'), sha256('y'), 'x', 'xxxxxxxx');
    ROLLBACK;`, sure);
  psql('postgres', `DROP SCHEMA hostile CASCADE; REVOKE TEMPORARY ON DATABASE "${DATABASE}" FROM vemre_nobody;
    REVOKE USAGE ON LANGUAGE plpgsql FROM vemre_nobody; REVOKE vemre_web FROM vemre_nobody`, sure);
  // The first line: the tricks do work on whoever follows that path.
  const said = r.stdout.trim().split('\n').join(' ');
  if (said !== 't bad-login f no-session') throw new Error(`the intruder got: ${said} ${r.stderr}`);
}

const [what, role] = process.argv.slice(2);
try {
  if (what === 'rights') console.log(rights().join('\n'));
  else ({ tables, forbidden, intruder })[what](role);
} catch (fault) {
  console.error(fault.message);
  process.exit(1);
}
