# For bats: the whole voting server on real parts, for an election of its own (server-election.mjs): PostgreSQL, Kannel,
# SoftHSM, system-signer, send-messages, the backend, nginx with TLS and the simulacro's balancer.
#
#   voting_server NAME OPENS CLOSES VOTERS    in setup_file: everything up to an election that may be opened (seconds
#                                             from now). Exports ROOT WORK ELECTION VEMRE_BUILD VEMRE_CONFIG PHONES …
#   voting_server_open                        opens it and starts the servers
#   voting_server_stop                        in teardown_file
#   voting_server_env                         in setup: SITE SITE_MEXICO SITE_DIRECT CA, once the servers run
#   as COMMAND…                               as the user of the parts
#   sql ROLE STATEMENT
#
# As root the parts run as the user VEMRE_TEST_USER (default vemre, made where missing); otherwise as the invoking user.
# VEMRE_BUILD: what was built (default build). VEMRE_PLACE_DB: the database of countries (default: test/node_modules').
# VEMRE_TEST_KEEP: leaves WORK behind.

voting_server() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export ROOT=$PWD VEMRE_BUILD=${VEMRE_BUILD:-$PWD/build}
	export WORK; WORK=$(mktemp -d "/tmp/vemre-$1.XXXXXX")
	export ACCOUNT=${VEMRE_TEST_USER:-vemre}
	if [ "$(id -u)" -eq 0 ]; then
		id "$ACCOUNT" > /dev/null 2>&1 || useradd -r "$ACCOUNT"
		chown "$ACCOUNT" "$WORK"
	fi
	for p in open-election close-election system-signer send-messages vemre-backend; do
		[ -x "$VEMRE_BUILD/bin/$p" ] || { echo "falta $VEMRE_BUILD/bin/$p: make" >&2; return 1; }
	done
	as test -r "$VEMRE_BUILD/bin/vemre-backend" || { echo "$ACCOUNT no puede leer $VEMRE_BUILD" >&2; return 1; }
	export VEMRE_PLACE_DB=${VEMRE_PLACE_DB:-$ROOT/test/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb}
	[ -s "$VEMRE_PLACE_DB" ] || { echo "falta $VEMRE_PLACE_DB: npm ci en test/" >&2; return 1; }
	export ELECTION=$WORK/election VEMRE_ELECTION=$WORK/election VEMRE_CONFIG=$WORK/vemre.conf
	as ceremony-scripts/parts/database start "$WORK/db" && . "$WORK/db/database.env" && export DB_SOCKET || return 1
	as ceremony-scripts/parts/sms start "$WORK/sms" && . "$WORK/sms/sms.env" || return 1
	export PHONES=$WORK/sms/sms.txt
	as node test/integration/server-election.mjs "$ELECTION" "$2" "$3" "$4" || return 1
	{
		echo "database = { connection = \"$DB_CONNECTION\"; };"
		echo "signer = { socket = \"$WORK/web/run/signer.sock\"; pin_file = \"$WORK/system.pin\"; };"
		echo "hsm = { system_store = \"$WORK/token\"; };"
		echo "sms = { socket = \"$WORK/web/run/sms.sock\"; gateways = [\"$SMS_GATEWAY\"]; password_files = [\"$SMS_PASSWORD_FILE\"]; };"
		echo "system = { programs = \"$VEMRE_BUILD/bin\"; sql = \"$ROOT/sql\"; site = \"$VEMRE_BUILD/site\"; nginx = \"$ROOT/fcgi/nginx\"; };"
		as ceremony-scripts/parts/web settings "$WORK/web"
	} > "$VEMRE_CONFIG"
	chmod 644 "$VEMRE_CONFIG"
	as "$VEMRE_BUILD/bin/system-signer" --init --config "$VEMRE_CONFIG" --public "$WORK/system.pub" > /dev/null
}

voting_server_open() {
	as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" \
		--definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" > "$WORK/open.log" 2>&1 ||
		{ cat "$WORK/open.log" >&2; return 1; }
	as ceremony-scripts/parts/web start "$WORK/web"
}

voting_server_stop() {
	cd "$ROOT" || return 0
	as ceremony-scripts/parts/web stop "$WORK/web"
	as ceremony-scripts/parts/sms stop "$WORK/sms"
	as ceremony-scripts/parts/database stop "$WORK/db"
	[ -n "${VEMRE_TEST_KEEP:-}" ] || rm -rf "$WORK"
}

voting_server_env() {
	cd "$ROOT" || return 1
	if [ -s "$WORK/web/web.env" ]; then
		. "$WORK/web/web.env"
		export SITE=$WEB_SITE SITE_MEXICO=$WEB_SITE_MEXICO SITE_DIRECT=$WEB_SITE_DIRECT CA=$WEB_CA
	fi
}

as() {
	if [ "$(id -u)" -eq 0 ]; then runuser -u "$ACCOUNT" -- "$@"; else "$@"; fi
}
sql() { # role, statement
	as psql -X -At -h "$DB_SOCKET" -U "$1" -d vemre-simulacro -v ON_ERROR_STOP=1 -c "$2"
}
# What may not change while an election is open (its dates), changed as the cluster's superuser: the tests' own clock.
sql_hidden() { sql postgres "SET session_replication_role = replica; $1"; }
