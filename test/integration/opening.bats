#!/usr/bin/env bats
# The opening (numerals 13 to 17) on a real database: the certified system down to the database's own functions and rights,
# the documents, every refusal. What is voted is server.bats' business, reissues are reissue.bats'.

load voting-server

setup_file() {
	voting_server opening 3600 7200 6 || return 1
	as cp -r sql "$WORK/sql"
	as cp -r "$VEMRE_BUILD/site" "$WORK/site"
	as mkdir "$WORK/bin"
	for p in "$VEMRE_BUILD"/bin/*; do as cp "$p" "$WORK/bin/"; done
	sed -i "s|^system = .*|system = { programs = \"$WORK/bin\"; sql = \"$WORK/sql\"; site = \"$WORK/site\"; nginx = \"$ROOT/fcgi/nginx\"; };|" "$VEMRE_CONFIG"
	as "$WORK/bin/open-election" --system-hash --database --config "$VEMRE_CONFIG" | sed '$d' > "$WORK/certified"
}
teardown_file() { voting_server_stop; }
setup() { voting_server_env; }

OPEN() { run as "$WORK/bin/open-election" --config "$VEMRE_CONFIG" "$@"; }
open_election() { # place of the documents and keys given
	OPEN --election "$ELECTION" --definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" "$@"
}
said() { # status, words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status: $output"; return 1; }
}
nothing_left() {
	[ ! -e "$ELECTION/record/opening.json" ] && [ ! -e "$ELECTION/record/election.json" ] && [ ! -e "$ELECTION/opening.json.new" ] &&
		[ -z "$(as psql -X -At -h "$DB_SOCKET" -U postgres -d postgres -c "SELECT datname FROM pg_database WHERE datname LIKE 'vemre%'")" ]
}

@test "--check says every fault at once, each with its place and a hint" {
	as sed -e 's/"candidate": "tres"/"candidate": "nadie"/' -e 's/"id": "21"/"id": "rest"/' \
		-e 's/"session_minutes": 30/"session_minutes": "media hora"/' "$ELECTION/definition.json" > "$WORK/bad.json"
	OPEN --check "$WORK/bad.json"
	said 3 "contests[0].options[5]"
	said 3 "districts[2]"
	said 3 "session_minutes"
	[ "$(grep -c '→' <<< "$output")" -ge 3 ]
}

@test "the manifest has a section per place of use, and the database" {
	for s in server ceremony enrolment verify; do grep -q " $s/programs/" "$WORK/certified"; done
	grep -q ' server/site/index.html$' "$WORK/certified"
	grep -q ' server/nginx/site.conf.in$' "$WORK/certified"
	grep -q ' server/settings/place.unknown$' "$WORK/certified"
	grep -q ' database/function vemre.cast_ballot(' "$WORK/certified"
	grep -q ' database/role vemre_web$' "$WORK/certified"
	# what a host decides by itself has no line, nor has a path of this machine
	[ -z "$(grep -E 'settings/(database|system|signer|web)|/tmp/|postgres' "$WORK/certified")" ]
	OPEN --system-hash --section enrolment
	[ "$status" -eq 0 ] && [[ $output == *enrolment/programs/enroll-voters* ]] && [[ $output != *server/* ]]
}

@test "every differing, missing and extra file is named, a setting too, and nothing is opened" {
	echo '/* x */' | as tee -a "$WORK/site/style.css" > /dev/null || true
	local page; page=$(cd "$WORK/site" && ls *.js | head -n 1)
	echo '// x' | as tee -a "$WORK/site/$page" > /dev/null
	as cp -p "$WORK/sql/003-cast.sql" "$WORK/003"
	as rm "$WORK/sql/003-cast.sql"
	echo x | as tee "$WORK/site/nuevo.js" > /dev/null
	sed -i 's/unknown = "refuse"/unknown = "admit"/' "$VEMRE_CONFIG"
	open_election --certified "$WORK/certified"
	said 3 "server/site/$page: no es el archivo certificado"
	said 3 "server/sql/003-cast.sql: falta"
	said 3 "server/site/nuevo.js: no está en el manifiesto certificado"
	said 3 "server/settings/place.unknown: no es"
	nothing_left
	as cp -p "$WORK/003" "$WORK/sql/003-cast.sql"
	as rm "$WORK/site/nuevo.js"
	as cp -rp "$VEMRE_BUILD/site/." "$WORK/site/"
	sed -i 's/unknown = "admit"/unknown = "refuse"/' "$VEMRE_CONFIG"
}

@test "a right or a function that is not the certified one in the database itself stops the opening" {
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c 'GRANT vemre_owner TO vemre_web'
	open_election --certified "$WORK/certified"
	said 3 "database/member vemre_web of vemre_owner: no está en el manifiesto certificado"
	nothing_left
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c 'REVOKE vemre_owner FROM vemre_web' -c 'ALTER ROLE vemre_monitor BYPASSRLS'
	open_election --certified "$WORK/certified"
	said 3 "database/role vemre_monitor: no es el archivo certificado"
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c 'ALTER ROLE vemre_monitor NOBYPASSRLS'
	# a certified manifest without the database's objects is not enough
	grep -v ' database/' "$WORK/certified" > "$WORK/certified.less"
	open_election --certified "$WORK/certified.less"
	said 3 "no tiene todas las secciones"
	nothing_left
}

@test "a real election is not opened without a certified manifest" {
	sed 's/"simulation": true/"simulation": false/' "$ELECTION/definition.json" > "$ELECTION/real.json"
	OPEN --election "$ELECTION" --definition "$ELECTION/real.json" --system-keys "$WORK/system.pub"
	said 5 "falta el manifiesto certificado"
	nothing_left
}

@test "anything in a counter: no opening" {
	local what
	for what in "INSERT INTO vemre.slow_down VALUES (sha256('x'), now(), 1)" \
		"INSERT INTO vemre.participation VALUES (now(), 0, 1)"; do
		echo "BEGIN; INSERT INTO vemre.migration VALUES (900, 'x'); $what; COMMIT;" | as tee "$WORK/sql/900-x.sql" > /dev/null
		open_election
		said 6 "no está en ceros"
		nothing_left
	done
	as rm "$WORK/sql/900-x.sql"
}

@test "several hosts on one sheet; one that differs stops it" {
	OPEN --system-hash --section server --certified "$WORK/certified" --report "$WORK/one.json"
	said 0 "es lo certificado"
	sed 's/"host": "[^"]*"/"host": "servidor-2"/' "$WORK/one.json" > "$WORK/two.json"
	as "$WORK/bin/open-election" --system-hash --section enrolment --certified "$WORK/certified" --config "$VEMRE_CONFIG" --report "$WORK/three.json"
	OPEN --collect "$WORK/one.json" "$WORK/two.json" "$WORK/three.json" --certified "$WORK/certified" \
		--definition "$ELECTION/definition.json" --out "$WORK/sheet.pdf"
	said 0 sheet.pdf
	local text; text=$(pdftotext -layout "$WORK/sheet.pdf" -)
	grep -q servidor-2 <<< "$text" && grep -q 'no hay ninguna diferencia' <<< "$text"
	grep -q libssl3 <<< "$text"
	# a host with another program
	sed -e 's/"host": "[^"]*"/"host": "servidor-3"/' \
		-e 's|"differences": \[\]|"differences": [{"path": "server/programs/tally", "what": "extra"}]|' "$WORK/one.json" > "$WORK/bad.json"
	OPEN --collect "$WORK/one.json" "$WORK/bad.json" --certified "$WORK/certified" \
		--definition "$ELECTION/definition.json" --out "$WORK/sheet.pdf"
	said 3 "servidor-3"
	pdftotext -layout "$WORK/sheet.pdf" - | grep -q 'NO es el Sistema dictaminado'
	open_election --certified "$WORK/certified" --hosts "$WORK/two.json" "$WORK/bad.json"
	said 3 "servidor-3"
	nothing_left
	# a report of another certified manifest
	sed 's/"certified_sha256": "./"certified_sha256": "0/;t;' "$WORK/two.json" | sed 's/"certified_sha256": "0\(.\)/"certified_sha256": "01/' > "$WORK/other.json"
	open_election --certified "$WORK/certified" --hosts "$WORK/other.json"
	said 3 "otro manifiesto certificado"
	nothing_left
}

@test "the session: a notary who does not see zeros, or has no manual in hand, undoes it all" {
	answers() { printf '%s\n' 'Ciudad de México' 'Ing. Ada Ruiz' 'Mtro. Bruno Salas' 'Lic. Catalina Tamayo Vera' CTV 'DICT-1' 'versión 1'; }
	session() {
		run as env VEMRE_PROGRAMS="$WORK/bin" ceremony-scripts/02-opening-session --config "$VEMRE_CONFIG" --election "$ELECTION" \
			--definition "$ELECTION/definition.json" --system-keys "$WORK/system.pub" --certified "$WORK/certified"
	}
	session < <(answers; echo n)
	said 6 "numeral 13"
	# taken up where it was: the notary first; then all confirmed but the zeros
	session < <(printf '%s\n' CTV 'DICT-1' 'versión 1' s CTV s CTV s CTV n)
	said 6 "no ve el sistema en ceros"
	nothing_left
	grep -q DICT-1 "$ELECTION/journal/open-election.jsonl"
	as rm -r "$ELECTION/documents"
}

databases() { as psql -X -At -h "$DB_SOCKET" -U postgres -d postgres -c "SELECT datname FROM pg_database WHERE datname LIKE 'vemre%' ORDER BY 1"; }
unopened() { # as before any opening
	as psql -X -q -h "$DB_SOCKET" -U postgres -d postgres -c 'DROP DATABASE IF EXISTS "vemre-simulacro"' -c 'DROP DATABASE IF EXISTS "vemre-simulacro.opening"'
	as rm -f "$ELECTION"/record/{opening,election}.json "$ELECTION/opening.json.new"
	nothing_left
}
opened() { # one database, of the very files that are in the record, at zero; the journal holds
	[ "$(databases)" = vemre-simulacro ] && [ ! -e "$ELECTION/opening.json.new" ] &&
		cmp "$ELECTION/definition.json" "$ELECTION/record/election.json" &&
		[ "$(sql postgres "SELECT encode(eid, 'hex') FROM vemre.election")" = "$(sed -n 's/.*"eid": *"\([0-9a-f]*\)".*/\1/p' "$ELECTION/documents/initial-report.json")" ] &&
		[ "$(sql postgres 'SELECT (SELECT count(*) FROM vemre.voter WHERE NOT spare), (SELECT count(*) FROM vemre.ballot)')" = '6|0' ] &&
		[ "$(sql postgres "SELECT detail FROM vemre.journal WHERE event = 'opened'")" = "eid $(tail -n 1 "$ELECTION/journal/open-election.jsonl" | sed -n 's/.*"eid": *"\([0-9a-f]*\)".*/\1/p')" ] &&
		tail -n 1 "$ELECTION/journal/open-election.jsonl" | grep -q "\"opening_sha256\":\"$(sha256sum < "$ELECTION/record/opening.json" | cut -d' ' -f1)\"" &&
		"$VEMRE_BUILD/bin/verify-election" --journal "$ELECTION/journal/open-election.jsonl" > /dev/null
}

@test "killed at random moments: the next run finishes it or begins anew, nothing to clear by hand" {
	local i ms began took=0 undone=0 before kills=${VEMRE_KILLS:-4}
	began=$(date +%s%N)
	open_election --certified "$WORK/certified"
	local whole=$((($(date +%s%N) - began) / 1000000))
	said 0 "elección abierta"
	opened
	RANDOM=${SEED:-$$}
	for ((i = 1; i <= kills; i++)); do
		unopened
		ms=$((RANDOM % whole + 5))
		run as bash -c "\"\$@\" > '$WORK/killed.log' 2>&1 & sleep $((ms / 1000)).$(printf %03d $((ms % 1000))); kill -9 \$! 2>/dev/null; wait \$!" -- \
			"$WORK/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" --definition "$ELECTION/definition.json" \
			--system-keys "$WORK/system.pub" --certified "$WORK/certified"
		echo "# kill after $ms of $whole ms: status $status; $(databases | tr '\n' ' ')"
		[ "$status" -eq 137 ] || { [ "$status" -eq 0 ] && opened && continue; }
		took=$((took + 1))
		# nobody may take it for opened
		[ ! -e "$ELECTION/record/opening.json" ] || opened
		if [ -e "$ELECTION/record/opening.json" ]; then continue; fi
		[ ! -e "$ELECTION/opening.json.new" ] || undone=$((undone + 1))
		open_election --certified "$WORK/certified"
		said 0 "elección abierta"
		opened
	done
	echo "# $kills runs, $took killed, $undone of them with something left" >&3
	[ "$took" -gt 0 ]
	unopened
}

@test "killed at the end: the database has its name and the files have not; and a database of other files is not touched" {
	open_election --certified "$WORK/certified"
	said 0 "elección abierta"
	as mv "$ELECTION/record/opening.json" "$ELECTION/opening.json.new"
	as rm "$ELECTION/record/election.json"
	# other credentials: it is not this opening's
	as cp "$ELECTION/record/credentials.csv" "$WORK/credentials"
	as sh -c "sed '\$d' '$WORK/credentials' > '$ELECTION/record/credentials.csv'"
	open_election --certified "$WORK/certified"
	said 5 "no es la de estos archivos"
	[ "$(databases)" = vemre-simulacro ] && [ ! -e "$ELECTION/record/opening.json" ] && [ -e "$ELECTION/opening.json.new" ]
	as cp "$WORK/credentials" "$ELECTION/record/credentials.csv"
	open_election --certified "$WORK/certified"
	said 0 "se terminó la apertura que se había interrumpido"
	opened
	tail -n 1 "$ELECTION/journal/open-election.jsonl" | grep -q opening-finished
	# a lost opening.json.new, too: never a second box beside a first
	as rm "$ELECTION/record/opening.json"
	open_election --certified "$WORK/certified"
	said 5 "ya existe"
	[ "$(databases)" = vemre-simulacro ]
	unopened
}

@test "what a killed certification has left in the database goes with the next one; another's that is alive stays" {
	local host; host=$(hostname); host=${host:0:31}
	for n in 4194303 $$; do
		as psql -X -q -h "$DB_SOCKET" -U vemre_owner -d postgres -c "CREATE DATABASE \"vemre-certification-$host-$n\" TEMPLATE template0"
	done
	OPEN --system-hash --section server --database --certified "$WORK/certified"
	said 0 "es lo certificado"
	[ "$(databases)" = "vemre-certification-$host-$$" ]
	as psql -X -q -h "$DB_SOCKET" -U vemre_owner -d postgres -c "DROP DATABASE \"vemre-certification-$host-$$\""
}

@test "two at once: the second is told to wait" {
	exec 8< "$ELECTION"
	flock -n 8
	open_election --certified "$WORK/certified"
	exec 8<&-
	said 5 "otro programa está abriendo"
	nothing_left
}

@test "the opening: documents from the database, all at zero" {
	open_election --certified "$WORK/certified" --hosts "$WORK/two.json" --place 'Ciudad de México' \
		--admin 'Ing. Ada Ruiz' --notary 'Lic. Catalina Tamayo Vera'
	said 0 "Votos en la urna: 0"
	[ "$(grep -o '"system_hash": "[0-9a-f]*"' "$ELECTION/record/opening.json" | cut -d'"' -f4)" = "$(sha256sum < "$WORK/certified" | cut -d' ' -f1)" ]
	cd "$ELECTION/documents"
	pdftotext -layout configuracion.pdf - > "$WORK/cf"
	for words in 'Presidencia' 'Coalición' 'Candidatura común' 'America/Mexico_City' 'UTC' 'Máximo de votantes' 'Catalina Tamayo'; do
		grep -q "$words" "$WORK/cf" || { echo "falta: $words"; cat "$WORK/cf"; return 1; }
	done
	pdftotext -layout reporte-inicial.pdf - > "$WORK/ri"
	[ "$(grep -c ' CERO$' "$WORK/ri")" -ge 9 ]
	pdftotext -layout hash-sistema.pdf - > "$WORK/hs"
	grep -q 'servidor-2' "$WORK/hs" && grep -q 'base de datos' "$WORK/hs"
	open_election --certified "$WORK/certified"
	said 5 "ya se abrió"
}

@test "what is changed in the running database shows on demand" {
	OPEN --system-hash --section server --database --election "$ELECTION" --certified "$WORK/certified"
	said 0 "es lo certificado"
	as psql -X -q -h "$DB_SOCKET" -U vemre_owner -d vemre-simulacro -c 'GRANT SELECT ON vemre.ballot TO vemre_web'
	OPEN --system-hash --section server --database --election "$ELECTION" --certified "$WORK/certified"
	said 3 "database/relation vemre.ballot: no es"
	as psql -X -q -h "$DB_SOCKET" -U vemre_owner -d vemre-simulacro -c 'REVOKE SELECT ON vemre.ballot FROM vemre_web' \
		-c "CREATE OR REPLACE FUNCTION vemre.in_box(p_tracker bytea) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT true'"
	OPEN --system-hash --section server --database --election "$ELECTION" --certified "$WORK/certified"
	said 3 "database/function vemre.in_box(p_tracker bytea): no es"
}
