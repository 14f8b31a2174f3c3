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

incident() { # word and its number, options
	run as "$WORK/bin/monitor-election" incident "$@" --config "$VEMRE_CONFIG" --election "$ELECTION"
}

@test "an incident from its detection to its closing: times in both zones, papers, nothing edited away" {
	local at; at=$(date -u -d '-20 minutes' +%Y-%m-%dT%H:%M:%SZ)
	incident new --title 'La pasarela de SMS no respondió' --component 'Pasarela de SMS' --detected "$at" --outage-from "$at" \
		--impact 'Códigos con retraso' --by 'Op. Elia Ruiz'
	said 0 "incidente 1"
	incident update 1 --reported-to 'Mtro. Bruno Salas, Coordinador' --impact 'Unas 40 personas esperaron su código' --by 'Op. Elia Ruiz'
	said 0 "incidente 1"
	incident close 1 --by 'Ing. Ada Ruiz'
	said 6 "falta «Mitigación»"
	incident close 1 --mitigation 'Se pasó a la segunda pasarela' --votes-affected 0 --by 'Ing. Ada Ruiz'
	said 6 "sigue sin servicio"
	incident close 1 --mitigation 'Se pasó a la segunda pasarela' --votes-affected 0 --outage-to ahora --by 'Ing. Ada Ruiz'
	said 0 "incidente 1"
	incident update 1 --note 'algo más'
	said 5 "ya está cerrado"
	incident new --title 'Otro' --impact x
	said 6 "falta «Componente»"
	incident new --title 'Otro' --component nginx --impact x --detected "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
	said 6 "todavía no llega"
	incident update 7 --note x
	said 5 "no hay incidente 7"
	# an hour of the election's zone
	local here; here=$(TZ=America/Mexico_City date -d '-5 minutes' '+%Y-%m-%d %H:%M')
	incident new --title 'Disco al 90 %' --component 'Base de datos' --impact 'Ninguno' --detected "$here"
	said 0 "incidente 2"
	run as "$WORK/bin/monitor-election" incident list --json --config "$VEMRE_CONFIG" --election "$ELECTION"
	[ "$(jq -r '.incidents[1].detected' <<< "$output")" = "$(date -u -d "TZ=\"America/Mexico_City\" $here" +%Y-%m-%dT%H:%M:00Z)" ]
	jq -e '.incidents | length == 2 and .[0].open == false and .[0].votes_affected == "0" and .[1].open' <<< "$output"
	pdftotext -layout "$ELECTION/documents/incidente-001.pdf" "$WORK/one"
	for words in 'Códigos con retraso' 'Unas 40 personas' 'Op. Elia Ruiz' 'Ing. Ada Ruiz' 'Bruno Salas' 'America/Mexico_City' "$at" \
		'Votos afectados' 'segunda pasarela' 'Coordinador' '/IN/01/'; do
		grep -q "$words" "$WORK/one" || { echo "falta: $words"; cat "$WORK/one"; return 1; }
	done
	pdftotext -layout "$ELECTION/documents/registro-de-incidentes.pdf" - | grep -q 'Disco al 90 %'
	# the same journal, the same paper
	local before; before=$(sha256sum < "$ELECTION/documents/registro-de-incidentes.pdf")
	incident list --register
	[ "$(sha256sum < "$ELECTION/documents/registro-de-incidentes.pdf")" = "$before" ]
}

@test "incidents written at once get a number each" {
	for i in 1 2 3 4 5 6; do
		as "$WORK/bin/monitor-election" incident new --title "a la vez $i" --component nginx --impact ninguno --config "$VEMRE_CONFIG" \
			--election "$ELECTION" > /dev/null 2>&1 3>&- &
	done
	wait
	run as "$WORK/bin/monitor-election" incident list --json --config "$VEMRE_CONFIG" --election "$ELECTION"
	[ "$(jq '[.incidents[].incident] | unique | length' <<< "$output")" = 8 ]
	as "$VEMRE_BUILD/bin/verify-election" --journal "$ELECTION/journal/monitor-election.jsonl"
}

@test "what is missing is asked for at a terminal" {
	cat > "$WORK/asked.exp" <<-'X'
		set timeout 20
		spawn -noecho {*}$argv
		foreach {question answer} {"Qué ocurrió:" "Certificado por vencer" "Componente:" "nginx" "Impacto:" "Ninguno todavía"} {
			expect { $question {} timeout { exit 9 } eof { exit 8 } }
			send "$answer\r"
		}
		expect eof
		exit [lindex [wait] 3]
	X
	run as expect "$WORK/asked.exp" "$WORK/bin/monitor-election" incident new --config "$VEMRE_CONFIG" --election "$ELECTION"
	said 0 "incidente 9"
	grep -q 'Certificado por vencer' "$ELECTION/journal/monitor-election.jsonl"
}

@test "an incident taken out of the journal, or changed in it, is found out" {
	local j=$ELECTION/journal/monitor-election.jsonl
	as cp "$j" "$WORK/journal.kept"
	as sed -i 's/"votes_affected":"0"/"votes_affected":"7"/' "$j"
	incident list
	said 3 "no encadena con la anterior"
	run as "$VEMRE_BUILD/bin/verify-election" --journal "$j"
	[ "$status" -eq 3 ]
	as cp "$WORK/journal.kept" "$j"
	as sed -i "$(grep -n '"incident":2' "$j" | head -n 1 | cut -d: -f1)d" "$j"
	incident new --title x --component y --impact z
	said 3 "no encadena con la anterior"
	as cp "$WORK/journal.kept" "$j"
}

heads() { echo "$ELECTION/monitor/server-heads.jsonl"; }
seal() { M seal --every 0; }
export_journal() { as psql -X -At -h "$DB_SOCKET" -U vemre_monitor -d vemre-simulacro -c 'SELECT line FROM vemre.journal_link ORDER BY line_no' > "$WORK/server.jsonl"; }
note() { sql vemre_admin "SELECT vemre.note('voted', NULL, '$1')" > /dev/null; }
check() { export_journal; run as "$VEMRE_BUILD/bin/verify-election" --journal "$WORK/server.jsonl" --heads "${1:-$(heads)}" --record "$ELECTION/record"; }

@test "the server's journal is sealed by a process of its own, signed, and sent to a second place and to syslog" {
	for _ in $(seq 100); do [ -s "$(heads)" ] && break; sleep 0.1; done # started with the servers
	[ -s "$(heads)" ]
	seal
	said 5 "otro monitor-election ya sella"
	kill "$(cat "$WORK/web/run/seal.pid")"
	for _ in $(seq 50); do kill -0 "$(cat "$WORK/web/run/seal.pid")" 2> /dev/null || break; sleep 0.1; done
	perl -MIO::Socket::UNIX -MSocket -e 'umask 0; $| = 1; my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
		my $m; while (defined $s->recv($m, 2000)) { print "$m\n" }' "$WORK/syslog.sock" > "$WORK/syslog" 3>&- & echo $! > "$WORK/syslog.pid"
	for _ in $(seq 50); do [ -S "$WORK/syslog.sock" ] && break; sleep 0.1; done
	as mkdir -p "$WORK/elsewhere"
	echo "journal = { heads = \"$WORK/elsewhere/heads\"; syslog = \"$WORK/syslog.sock\"; };" >> "$VEMRE_CONFIG"
	for i in 1 2 3 4 5 6; do note "uno $i"; seal; said 0 "bitácora sellada"; done
	[ "$(wc -l < "$WORK/elsewhere/heads")" -eq 6 ] && [ "$(tail -n 1 "$WORK/elsewhere/heads")" = "$(tail -n 1 "$(heads)")" ]
	for _ in $(seq 50); do [ "$(grep -c 'vemre-journal: {' "$WORK/syslog")" -eq 6 ] && break; sleep 0.1; done
	[ "$(grep -c '^<13>.*vemre-journal: {' "$WORK/syslog")" -eq 6 ]
	# the operators' journal hangs on it
	[ "$(sql postgres "SELECT count(*) > 0 FROM vemre.journal WHERE event = 'journal-head' AND detail LIKE 'monitor-election.jsonl %'")" = t ]
	check
	said 0 "nada de lo sellado se cambió ni falta"
	check "$WORK/syslog"
	said 0 "6 cabezas firmadas"
	note 'después'
	sql vemre_monitor 'SELECT vemre.journal_seal()' > /dev/null
	check
	said 0 "1 líneas que nadie selló"
}

@test "an administrator with the database's superuser who edits, deletes or cuts off rows is found out" {
	as pg_dump -h "$DB_SOCKET" -U postgres -d vemre-simulacro -a -t vemre.journal -t vemre.journal_link > "$WORK/rows.sql"
	restore() {
		sql_hidden 'TRUNCATE vemre.journal_link, vemre.reissue, vemre.journal' > /dev/null
		as psql -X -q -h "$DB_SOCKET" -U postgres -d vemre-simulacro -v ON_ERROR_STOP=1 -c 'SET session_replication_role = replica' -f "$WORK/rows.sql" > /dev/null
	}
	seal; said 0 sellada
	local all='SELECT line_no FROM vemre.journal_link' n; n=$(sql postgres 'SELECT max(line_no) FROM vemre.journal_link')
	as pg_dump -h "$DB_SOCKET" -U postgres -d vemre-simulacro -a -t vemre.journal -t vemre.journal_link > "$WORK/rows.sql"
	# a row edited where it was written: the chain still says what it said
	sql_hidden "UPDATE vemre.journal SET detail = 'otro' WHERE id = (SELECT id FROM vemre.journal_link WHERE line_no = $n)"
	seal; said 3 "línea $n: su renglón en la base de datos dice otra cosa"
	# a line edited in the chain
	restore; sql_hidden "UPDATE vemre.journal_link SET line = replace(line, 'uno 2', 'dos 2')"
	seal; said 3 "no es la que se selló"
	check; said 3 "no encadena"
	# edited, and the whole chain made again from the rows: it holds, and contradicts the heads
	restore; sql_hidden "UPDATE vemre.journal SET detail = 'dos 2' WHERE detail = 'uno 2'; TRUNCATE vemre.journal_link"
	seal; said 3 "no es la que se selló"
	check; said 3 "no es la que se selló"
	# a row deleted, the chain made again
	restore; sql_hidden "DELETE FROM vemre.journal WHERE detail = 'uno 3'; TRUNCATE vemre.journal_link"
	seal; [ "$status" -eq 3 ]
	check; [ "$status" -eq 3 ]
	# the tail cut off
	restore; sql_hidden "DELETE FROM vemre.journal_link WHERE line_no > $n - 3; DELETE FROM vemre.journal WHERE id NOT IN (SELECT id FROM vemre.journal_link)"
	check; said 3 "a la bitácora le faltan líneas al final"
	seal; [ "$status" -eq 3 ]
	# it was told at once to syslog and to the operators' journal, and no head was signed meanwhile
	grep -q '^<9>.*vemre-journal: VEMRE-V1' "$WORK/syslog"
	grep -q '"event":"seal-contradicted"' "$ELECTION/journal/monitor-election.jsonl"
	local signed; signed=$(wc -l < "$(heads)")
	restore; check; said 0 "$signed cabezas"
	seal; said 0 sellada
	# our own heads edited too: the second place still has them
	as sed -i '$d' "$(heads)"
	check "$WORK/elsewhere/heads"; said 0 "cabezas firmadas"
	sed 's/"lines":\([0-9]*\)/"lines":1\1/' "$WORK/elsewhere/heads" > "$WORK/forged"
	check "$WORK/forged"; said 3 "su firma no es de ninguna llave del sistema"
	kill "$(cat "$WORK/syslog.pid")"
	sed -i 's|^journal = .*|journal = { heads = "'"$WORK"'/elsewhere/heads"; syslog = ""; };|' "$VEMRE_CONFIG"
}

@test "a long journal is read back from its last head on, and what is changed there is found within a round" {
	sed 's|^journal = {|journal = { whole_lines = 0;|' "$VEMRE_CONFIG" > "$WORK/long.conf"
	local before; before=$(wc -l < "$(heads)")
	as bash -c 'echo $$ > "$1"; shift; exec "$@"' _ "$WORK/long.pid" "$WORK/bin/monitor-election" seal --every 1 \
		--config "$WORK/long.conf" --election "$ELECTION" > "$WORK/long.log" 2>&1 3>&- & local sealer=$!
	for i in 1 2 3; do note "largo $i"; sleep 1; done
	for _ in $(seq 100); do [ "$(wc -l < "$(heads)")" -ge $((before + 3)) ] && break; sleep 0.1; done
	check; said 0 "nada de lo sellado"
	sql_hidden "UPDATE vemre.journal_link SET line = replace(line, 'largo', 'corto') WHERE line_no = (SELECT max(line_no) FROM vemre.journal_link)"
	for _ in $(seq 100); do grep -q 'no es la que se selló' "$WORK/long.log" && break; sleep 0.1; done
	grep -q 'no es la que se selló' "$WORK/long.log"
	sql_hidden "UPDATE vemre.journal_link SET line = replace(line, 'corto', 'largo') WHERE line_no = (SELECT max(line_no) FROM vemre.journal_link)"
	local now; now=$(wc -l < "$(heads)")
	for _ in $(seq 100); do [ "$(wc -l < "$(heads)")" -gt "$now" ] && break; sleep 0.1; done
	kill "$(cat "$WORK/long.pid")"
	wait "$sealer"
	tail -n 1 "$ELECTION/journal/monitor-election.jsonl" | grep -q '"event":"seal-again"'
}

figures() { echo "{\"format\": \"VEMRE-V1\", \"time\": \"2026-11-25T00:00:00Z\", \"total\": {\"accepted\": 9, \"refused\": 1, \"waiting\": 0}, \"by\": {\"$1\": {\"accepted\": 9, \"refused\": 1, \"waiting\": 0}}}"; }

@test "the operation report: period, availability and how it was taken, hours, deliveries, incidents, checks, changes" {
	figures '+1' | as tee "$WORK/sms.json" > /dev/null
	figures 'correo.example' | as tee "$WORK/mail.json" > /dev/null
	sed -i "s|^sms = {|sms = { figures = \"$WORK/sms.json\";|" "$VEMRE_CONFIG"
	echo "monitor = { mail_figures = \"$WORK/mail.json\"; };" >> "$VEMRE_CONFIG"
	sql postgres "INSERT INTO vemre.participation VALUES (date_trunc('hour', now()), 0, 31), (date_trunc('hour', now()), 1, 11)" > /dev/null
	M report --by 'Ing. Ada Ruiz'
	said 0 "informe-de-operacion.pdf"
	pdftotext -layout "$ELECTION/documents/informe-de-operacion.pdf" "$WORK/ro"
	for words in '/RO/01/' 'America/Mexico_City' 'Base de datos y llave del' 'Pasarela de SMS' 'Hora con más votos.*: 42$' '+1 .*9 .*1 .*90' \
		'correo.example' 'La pasarela de SMS no respondió' 'con la base de datos' 'peticiones rechazadas\|apertura' 'server\|servidor (base de datos)' 'se selló [0-9]* veces'; do
		grep -q -- "$words" "$WORK/ro" || { echo "falta: $words"; cat "$WORK/ro"; return 1; }
	done
	# what was out of service is never shown as whole: 20 minutes of an incident, clipped to the minute that voting was open
	grep -q 'Pasarela de SMS  *[0-9.]* %' "$WORK/ro" && ! grep -q 'Pasarela de SMS  *100.000 %' "$WORK/ro"
	[ "$(tail -n 1 "$ELECTION/journal/monitor-election.jsonl" | jq -r .detail.sha256)" = "$(sha256sum < "$ELECTION/documents/informe-de-operacion.pdf" | cut -d' ' -f1)" ]
	# no voter, credential or tracker in it
	! grep -qE 'VOTER[0-9]|[0-9a-f]{130}' "$WORK/ro"
}

@test "the closing takes the heads along and says whether the journal is theirs" {
	sql_hidden "UPDATE vemre.election SET closes = now()"
	run as "$WORK/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION"
	said 0 "cabezas firmadas"
	cmp "$(heads)" "$ELECTION/journal/server-heads.txt"
	run as "$VEMRE_BUILD/bin/verify-election" --journal "$ELECTION/journal/server.jsonl" --heads "$ELECTION/journal/server-heads.txt" --record "$ELECTION/record"
	said 0 "nada de lo sellado"
	run as "$VEMRE_BUILD/bin/verify-election" --journal "$ELECTION/journal/server.jsonl" --heads "$ELECTION/journal/server-head.json" --record "$ELECTION/record"
	said 0 "1 cabezas firmadas"
	jq -e '.files[] | select(.path == "journal/server-heads.txt")' "$ELECTION/documents/closing-report.json"
	# to the venue, after an operation report: the operators' journal has grown, and is taken
	M report
	said 0 "informe-de-operacion-tras-el-cierre.pdf"
	incident update 2 --note 'después del cierre'
	said 0 "incidente-002-tras-el-cierre.pdf"
	as mkdir -p "$WORK/medium" "$WORK/venue/record"
	as cp -R "$ELECTION/record" "$ELECTION/journal" "$ELECTION/documents" "$WORK/medium/"
	as cp "$ELECTION/record/keys.json" "$WORK/venue/record/"
	run as "$VEMRE_BUILD/bin/tally" --import "$WORK/medium" --election "$WORK/venue"
	said 0 "archivos comparados y traídos"
	said 0 "informe-de-operacion-tras-el-cierre.pdf: no está en el reporte de cierre"
	cmp "$ELECTION/journal/monitor-election.jsonl" "$WORK/venue/journal/monitor-election.jsonl"
	as sed -i 's/Códigos con retraso/Nada/' "$WORK/medium/journal/monitor-election.jsonl"
	as rm -r "$WORK/venue"; as mkdir -p "$WORK/venue/record"; as cp "$ELECTION/record/keys.json" "$WORK/venue/record/"
	run as "$VEMRE_BUILD/bin/tally" --import "$WORK/medium" --election "$WORK/venue"
	said 3 "journal/monitor-election.jsonl: no es el del reporte de cierre"
}
