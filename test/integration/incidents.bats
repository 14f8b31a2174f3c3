#!/usr/bin/env bats
# The operation of an open election (numerals 14, 23 to 26), on real parts: the installed system and the database against the
# certified manifest.

load voting-server

setup_file() {
	voting_server incidents -60 3600 6 || return 1
	as cp -r sql "$WORK/sql"
	as cp -r "$VEMRE_BUILD/site" "$WORK/site"
	as mkdir "$WORK/bin"
	for p in "$VEMRE_BUILD"/bin/*; do as cp "$p" "$WORK/bin/"; done
	sed -i "s|^system = .*|system = { programs = \"$WORK/bin\"; sql = \"$WORK/sql\"; site = \"$WORK/site\"; nginx = \"$ROOT/fcgi/nginx\"; };|" "$VEMRE_CONFIG"
	as "$WORK/bin/open-election" --system-hash --database --config "$VEMRE_CONFIG" | sed '$d' > "$WORK/certified"
	voting_server_open
}
teardown_file() { voting_server_stop; }
setup() { voting_server_env; }

M() { # command, options
	local word=$1; shift
	run as "$WORK/bin/monitor-election" "$word" --config "$VEMRE_CONFIG" --election "$ELECTION" "$@"
}
said() { # status, words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status: $output"; return 1; }
}

@test "integrity: what runs is what was certified; a file, a setting, a function, a right that is not is named" {
	M integrity --certified "$WORK/certified" --report "$WORK/host.json" --by 'Operador de prueba'
	said 0 "es lo certificado"
	[ "$(jq '.differences | length' "$WORK/host.json")" = 0 ] && jq -e '.sections == ["server", "database"]' "$WORK/host.json"
	printf x | as tee -a "$WORK/bin/vemre-backend" > /dev/null
	as touch "$WORK/site/nuevo.js"
	as mv "$WORK/sql/003-cast.sql" "$WORK/003"
	as psql -X -q -h "$DB_SOCKET" -U vemre_owner -d vemre-simulacro \
		-c "CREATE OR REPLACE FUNCTION vemre.in_box(p_tracker bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT true'" \
		-c 'GRANT SELECT ON vemre.ballot TO vemre_web'
	M integrity --certified "$WORK/certified" --report "$WORK/host.json"
	said 3 "server/programs/vemre-backend: no es el archivo certificado"
	said 3 "server/site/nuevo.js: no está en el manifiesto certificado"
	said 3 "server/sql/003-cast.sql: falta"
	said 3 "database/function vemre.in_box(p_tracker bytea): no es"
	said 3 "database/relation vemre.ballot: no es"
	[ "$(jq '.differences | length' "$WORK/host.json")" = 5 ]
	as cp "$VEMRE_BUILD/bin/vemre-backend" "$WORK/bin/"; as rm "$WORK/site/nuevo.js"; as mv "$WORK/003" "$WORK/sql/003-cast.sql"
	# in the journal, each time, by name
	local j=$ELECTION/journal/monitor-election.jsonl
	[ "$(jq -sr '[.[] | select(.event == "integrity") | .detail.differences | length] | join(" ")' "$j")" = '0 5' ]
	jq -se '.[0].who == "Operador de prueba" and .[1].detail.database == true' "$j"
	grep -q 'server/site/nuevo.js' "$j"
}

@test "integrity: a database that does not answer is said, and the files are compared all the same" {
	sed 's|^database = .*|database = { connection = "host=/nonexistent"; };|' "$VEMRE_CONFIG" > "$WORK/no-database.conf"
	run as "$WORK/bin/monitor-election" integrity --config "$WORK/no-database.conf" --election "$ELECTION" --certified "$WORK/certified"
	said 1 "no se compararon"
	[ "$(tail -n 1 "$ELECTION/journal/monitor-election.jsonl" | jq .detail.database)" = false ]
	run as "$WORK/bin/monitor-election" integrity --config "$VEMRE_CONFIG" --election "$WORK" --certified "$WORK/certified"
	said 5 "primero open-election"
}
