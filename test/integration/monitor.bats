#!/usr/bin/env bats
# monitor-election on the real voting server: each component broken for real, and the view names it; the metrics, a real
# Prometheus with the alerts that are installed. The tests in order; each puts back what it broke.

load voting-server.bash

setup_file() {
	export VEMRE_METRICS; VEMRE_METRICS=127.0.0.1:$(free_port)
	voting_server monitor -60 900 4
	voting_server_open
	as cp -r sql "$WORK/sql"
	conf
	as "$VEMRE_BUILD/bin/open-election" --system-hash --section server --database --election "$ELECTION" --config "$WORK/monitor.conf" |
		sed '$d' > "$WORK/certified.txt"
	[ -s "$WORK/certified.txt" ]
}
teardown_file() {
	for f in "$WORK"/*.pid; do [ -s "$f" ] && kill "$(cat "$f")" 2> /dev/null; done
	[ ! -d "$WORK/standby" ] || as "$(pg_bin)/pg_ctl" -D "$WORK/standby" -m immediate stop > /dev/null 2>&1
	voting_server_stop
}
setup() { voting_server_env; }

pg_bin() { ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1; }
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport, "\n"'
}
conf() { # settings of the group monitor besides the usual ones
	voting_server_env
	{
		sed "s|sql = \"$ROOT/sql\"|sql = \"$WORK/sql\"|" "$VEMRE_CONFIG"
		echo "probe = { phone = \"+15559999999\"; messages = \"${MESSAGES:-$PHONES}\"; password_file = \"$WORK/probe.password\"; metrics = \"${METRICS:-$WORK/probe.prom}\"; ${PROBE:-} };"
		echo "monitor = { site = \"${PROBE_SITE:-$SITE}\"; site_ca = \"${PROBE_CA:-$CA}\"; place_days = 10000; disk_amber = 0; disk_red = 0; ${1:-} };"
	} > "$WORK/monitor.conf"
	chmod 644 "$WORK/monitor.conf"
}
monitor() { as "$VEMRE_BUILD/bin/monitor-election" --config "$WORK/monitor.conf" --election "$ELECTION" --once "$@"; }
# The component has this light, and its texts say these words; within a minute. $WORK/seen.json: the last look.
light() { # id, level, words
	local until=$((SECONDS + 60)) rc
	while :; do
		rc=0
		monitor --json > "$WORK/seen.json" || rc=$?
		if node -e '
			const [file, id, level, words, rc] = process.argv.slice(1);
			const seen = JSON.parse(require("fs").readFileSync(file, "utf8"));
			const c = seen.components.find((one) => one.id === id);
			const red = seen.components.some((one) => one.level === "red");
			process.exit(c.level === level && `${c.problem}; ${c.facts}`.includes(words) && (level === "red" || level === "amber") === (c.advice !== null)
				&& (seen.level === "red") === red && Number(rc) === (red ? 5 : 0) ? 0 : 1);' "$WORK/seen.json" "$1" "$2" "$3" "$rc"; then
			return 0
		fi
		[ $SECONDS -lt $until ] || { cat "$WORK/seen.json"; return 1; }
		sleep 0.3
	done
}
until_holds() { # seconds, command…
	local until=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $until ] || { "$@"; return 1; }
		sleep 0.2
	done
}
start() { # name, command…: as parts/web starts it
	as bash -c 'cd /; log=$1 pid=$2; shift 2; setsid "$@" < /dev/null >> "$log" 2>&1 3>&- & echo $! > "$pid"' - \
		"$WORK/web/run/$1.log" "$WORK/web/run/$1.pid" "${@:2}"
}
backend() {
	start backend "$VEMRE_BUILD/bin/vemre-backend" --config "$VEMRE_CONFIG" --election "$ELECTION"
	until_holds 15 test -S "$WORK/web/run/backend.sock"
}
backend_away() {
	kill "$(cat "$WORK/web/run/backend.pid")"
	until_holds 15 test ! -e "$WORK/web/run/backend.sock"
}

@test "all is well: nothing red, for people and for scripts" {
	run monitor
	[ "$status" -eq 0 ] || { echo "$output"; false; }
	[[ $output == *"SIMULACRO, sin validez oficial"* && $output == *"VERDE"*"Base de datos"* && $output != *"ROJO"* ]]
	light site green "responde en"
	light certificate green "vence el"
	light backend green "de 32 hilos ocupados"
	light database green "conexiones"
	light signer green "firma en"
	light messages green "en marcha"
	light gateways green "1 de 1 responden"
	light participation green "votación abierta; 0 votos de 4 personas"
	light replication off "monitor.standbys"
	light integrity off "monitor.manifest"
}

probe() { as "$VEMRE_BUILD/bin/monitor-election" probe --config "$WORK/monitor.conf" --election "$ELECTION" "$@"; }
# the files of a folder by HTTP: name, folder, port; ends with serve_end, with the tests, or with bats
serve() {
	setpriv --pdeathsig TERM node -e "$SERVE" "$2" "$3" > /dev/null 2>&1 3>&- &
	echo $! > "$WORK/$1.pid"
}
serve_end() {
	kill "$(cat "$WORK/$1.pid")"
	until_holds 15 eval '! kill -0 "$(cat "$WORK/'"$1"'.pid")"'
	rm "$WORK/$1.pid"
}
SERVE='require("http").createServer((q, r) => require("fs").readFile(process.argv[1] + q.url, (e, d) => { r.statusCode = e ? 404 : 200; r.end(d); })).listen(process.argv[2], "127.0.0.1")'
journalled() { sql postgres "SELECT count(*) FROM vemre.journal WHERE event = '$1' AND detail LIKE '$2'"; }

@test "the synthetic voter enters from outside, counts nowhere, and can never cast" {
	light entry amber "no hay cuenta de prueba"
	run probe
	[ "$status" -eq 1 ] && [[ $output == *"probe.password"* ]] || { echo "$output"; false; }
	probe --init --by 'Admin de prueba'
	[ "$(stat -c %a "$WORK/probe.password")" = 600 ]
	light entry amber "nunca se ha probado"
	run probe
	[ "$status" -eq 0 ] && [[ $output == *"entrada de prueba: bien"* ]] || { echo "$output"; false; }
	light entry green "entró hace"
	node -e '
		const c = JSON.parse(require("fs").readFileSync(process.argv[1])).components;
		const f = c.find((one) => one.id === "entry").figures;
		for (const step of ["status", "login", "code", "enter", "session", "leave"]) if (!(f[`${step}_milliseconds`] >= 0)) throw step;
		if (c.find((one) => one.id === "logins").figures.failed !== 0) throw "failed";' "$WORK/seen.json"
	light participation green "0 votos de 4 personas"
	[ "$(journalled synthetic-voter '% made')$(journalled synthetic-entry 'ok leave')" = 11 ]
	grep -q '"who":"Admin de prueba"' "$ELECTION/journal/monitor-election.jsonl"
	[ "$(sql vemre_monitor 'SELECT o_voters, o_ballots, o_sessions, o_codes FROM vemre.counters()')" = '4|0|0|0' ]
	[ "$(sql vemre_monitor "SELECT sum(o_voters) FROM vemre.district_counters()")" = 4 ]
	promtool check metrics < "$WORK/probe.prom" && grep -qx 'vemre_probe_success 1' "$WORK/probe.prom"
	# twelve an hour and more, which no voter gets
	sql postgres "UPDATE vemre.code SET in_hour = 12, hour_began = now()" > /dev/null
	probe
	[[ $(sql postgres "INSERT INTO vemre.code (username, hour_began, in_hour) VALUES ('VOTER000', now(), 12);
		SELECT o_outcome FROM vemre.renew_code('VOTER000', sha256('x'), false, now())") == *slow-down ]]
	sql postgres "DELETE FROM vemre.code WHERE username = 'VOTER000'" > /dev/null
	as env PROBE_PASSWORD="$(cat "$WORK/probe.password")" node test/integration/server.mjs synthetic
	# below the backend too: neither no credential, nor another's, nor one of its own
	session="SELECT sha256('probe'), username, 'in', now() + interval '1 minute' FROM vemre.voter WHERE synthetic"
	sql postgres "DELETE FROM vemre.session; INSERT INTO vemre.session $session" > /dev/null
	for credential in NULL "decode('04' || repeat('11', 64), 'hex')" "(SELECT credential FROM vemre.voter WHERE active LIMIT 1)"; do
		[ "$(sql postgres "SELECT o_outcome FROM vemre.cast_ballot(sha256('probe'), sha256('t'), $credential, 'x', 'receipt.')")" = not-yours ]
	done
	insert="INSERT INTO vemre.ballot SELECT sha256('t'), %s, district, 'x', 'receipt.' FROM vemre.voter WHERE synthetic"
	for credential in NULL "decode('04' || repeat('11', 64), 'hex')"; do
		run sql vemre_owner "$(printf "$insert" "$credential")"
		[ "$status" -ne 0 ] && [[ $output == *constraint* ]] || { echo "$output"; false; }
	done
	for change in "credential = decode('04' || repeat('11', 64), 'hex'), synthetic = false" "synthetic = false"; do
		run sql vemre_owner "UPDATE vemre.voter SET $change WHERE synthetic"
		[ "$status" -ne 0 ] || { echo "$output"; false; }
	done
	sql postgres "DELETE FROM vemre.session" > /dev/null
	[ "$(sql postgres 'SELECT count(*) FROM vemre.ballot')" = 0 ]
	light participation green "0 votos de 4 personas"
	for gone in 'DELETE FROM vemre.entry' 'TRUNCATE vemre.entry' "UPDATE vemre.entry SET outcome = 'ok'" 'TRUNCATE vemre.sample'; do
		run sql vemre_owner "$gone"
		[ "$status" -ne 0 ] && [[ $output == *append-only* ]] || { echo "$output"; false; }
	done
	# another password: the old one is dead
	cp "$WORK/probe.password" "$WORK/old.password"
	probe --init
	if cmp -s "$WORK/probe.password" "$WORK/old.password"; then false; fi
	probe
	# what the database refuses leaves the password that it knows
	cp "$WORK/probe.password" "$WORK/old.password"
	sql vemre_owner 'REVOKE EXECUTE ON FUNCTION vemre.synthetic_voter FROM vemre_admin' > /dev/null
	run probe --init
	[ "$status" -eq 1 ] || { echo "$output"; false; }
	sql vemre_owner 'GRANT EXECUTE ON FUNCTION vemre.synthetic_voter TO vemre_admin' > /dev/null
	cmp "$WORK/probe.password" "$WORK/old.password"
	[ -z "$(find "$WORK" -maxdepth 1 -name 'probe.password.part-*')" ]
	probe
	chmod 640 "$WORK/probe.password"
	run probe
	[ "$status" -eq 2 ] && [[ $output == *"otros podrían leer"* ]] || { echo "$output"; false; }
	chmod 600 "$WORK/probe.password"
}

@test "entering fails: the view names the step; a place that was not expected is no fault of entering" {
	fails() { # words
		run probe
		[ "$status" -eq 5 ] && [[ $output == *"no se pudo entrar ($1): "*"$2"* ]] || { echo "$output"; return 1; }
		light entry red "$2"
		grep -qx 'vemre_probe_success 0' "$WORK/probe.prom"
		# the last success is another process'
		[ "$(awk '$1 == "vemre_probe_last_success_timestamp_seconds" { print (systime() - $2 >= 0 && systime() - $2 < 300) }' "$WORK/probe.prom")" = 1 ]
	}
	# a good log-in of the year 2100 does not hide them
	sql vemre_monitor "SELECT vemre.entry_add('h', 4102444800000, 'ok', 'leave', '', '{1,1,1,1,1,1}')" > /dev/null
	[ "$(sql vemre_monitor 'SELECT o_age BETWEEN 0 AND 60, o_ok_age BETWEEN 0 AND 60 FROM vemre.last_entry()')" = 't|t' ]
	sql vemre_admin 'UPDATE vemre.limits SET resend_seconds = 1' > /dev/null
	PROBE_CA=/etc/ssl/certs/ca-certificates.crt conf
	fails status certificate
	: > "$WORK/silent.txt"
	chmod 644 "$WORK/silent.txt"
	MESSAGES=$WORK/silent.txt PROBE='code_seconds = 2;' conf
	fails code "no llegó al teléfono de prueba"
	MESSAGES=$WORK/nothing-here PROBE='code_seconds = 2;' conf
	fails code "no se puede leer el teléfono de prueba"
	cp "$WORK/probe.password" "$WORK/good.password"
	echo 00000-00000-00000-00000 > "$WORK/probe.password"
	conf
	fails login bad-login
	cat "$WORK/good.password" > "$WORK/probe.password"
	PROBE_SITE=$SITE_MEXICO conf
	run probe
	[ "$status" -eq 0 ] && [[ $output == *"rechaza la dirección de la prueba (inside-territory)"* ]] || { echo "$output"; false; }
	light entry amber "la revisión del lugar rechaza la dirección"
	PROBE_SITE=$SITE_MEXICO PROBE='place = "inside";' conf
	probe
	light entry green "la rechaza como debe"
	PROBE='place = "inside";' conf
	run probe
	[ "$status" -eq 0 ] && [[ $output == *"admite la dirección de la prueba"* ]] || { echo "$output"; false; }
	# the messages by http; every so many seconds, until it is told to end
	local port; port=$(free_port)
	serve sms-files "$WORK/sms" "$port"
	until_holds 15 curl -fsS -o /dev/null "http://127.0.0.1:$port/sms.txt"
	MESSAGES=http://127.0.0.1:$port/sms.txt conf
	run as timeout --preserve-status -s TERM 4 "$VEMRE_BUILD/bin/monitor-election" probe --every 10 --config "$WORK/monitor.conf" --election "$ELECTION" < /dev/null
	serve_end sms-files
	[ "$status" -eq 0 ] && [[ $output == *"entrada de prueba: bien"* ]] || { echo "$output"; false; }
	# told to end while the code is awaited: no outcome at all
	MESSAGES=$WORK/silent.txt conf
	before=$(journalled synthetic-entry '%')
	run as timeout --preserve-status -s TERM 3 "$VEMRE_BUILD/bin/monitor-election" probe --every 10 --config "$WORK/monitor.conf" --election "$ELECTION" < /dev/null
	[ "$status" -eq 0 ] && [[ $output == *"se pidió terminar"* && $output != *"no está abierta"* ]] || { echo "$output"; false; }
	[ "$(journalled synthetic-entry '%')" = "$before" ]
	# metrics that cannot be written are told, and are no fault of entering
	METRICS=/nonexistent/probe.prom conf
	run probe
	[ "$status" -eq 0 ] && [[ $output == *"/nonexistent/probe.prom"*"probe.metrics"* && $output == *"entrada de prueba: bien"* ]] || { echo "$output"; false; }
	conf
	light entry green "entró hace"
	MESSAGES=$WORK/silent.txt PROBE='every = 10;' conf
	sql_hidden "UPDATE vemre.entry SET began = began - interval '25 seconds'" > /dev/null
	light entry amber "nadie prueba la entrada desde hace"
	sql_hidden "UPDATE vemre.entry SET began = began - interval '25 seconds'" > /dev/null
	light entry red "nadie prueba la entrada desde hace"
	conf
}

@test "before it opens and once it is closed entering is not tried, and no light or alert stays on" {
	local when
	for when in "opens = opens + interval '1 hour', closes = closes + interval '1 hour'" "opens = opens - interval '1 hour', closes = closes - interval '1 hour'"; do
		sql_hidden "UPDATE vemre.entry SET outcome = 'failed'; UPDATE vemre.election SET $when" > /dev/null
		light entry off "la votación no está abierta"
		echo 'vemre_probe_success 0' > "$WORK/probe.prom"
		run probe
		[ "$status" -eq 0 ] && [[ $output == *"la votación no está abierta"* ]] || { echo "$output"; false; }
		promtool check metrics < "$WORK/probe.prom"
		[ "$(awk '$1 == "vemre_probe_last_run_timestamp_seconds" { print (systime() - $2 < 60) }' "$WORK/probe.prom")" = 1 ]
		run grep -c vemre_probe_success "$WORK/probe.prom"
		[ "$output" = 0 ]
		case $when in *+*) when=${when//+/-} ;; *) when=${when//-/+} ;; esac
		sql_hidden "UPDATE vemre.election SET $when" > /dev/null
	done
	probe
	light entry green "entró hace"
}

@test "the live view is drawn again until it is told to end" {
	conf "refresh = 1;"
	as timeout --preserve-status -s INT 4 "$VEMRE_BUILD/bin/monitor-election" --config "$WORK/monitor.conf" --election "$ELECTION" > "$WORK/live.txt"
	[ "$(grep -c 'Base de datos' "$WORK/live.txt")" -ge 2 ]
	conf
}

@test "the metrics are Prometheus' own format, and count" {
	curl -fsS "http://$VEMRE_METRICS/metrics" > "$WORK/metrics"
	promtool check metrics < "$WORK/metrics" > "$WORK/promtool" 2>&1 || { cat "$WORK/promtool"; false; }
	[ ! -s "$WORK/promtool" ] || { cat "$WORK/promtool"; false; }
	before=$(awk '/requests_total.endpoint="login",outcome="bad-login"/ { print $2 }' "$WORK/metrics")
	fast() { awk '/duration_seconds_bucket.endpoint="login",le="0.05"/ { print $2 }' "$WORK/metrics"; }
	local fast; fast=$(fast) # good ones: the synthetic voter's
	as node test/integration/server.mjs wrong-password
	curl -fsS "http://$VEMRE_METRICS/metrics" > "$WORK/metrics"
	[ "$(awk '/requests_total.endpoint="login",outcome="bad-login"/ { print $2 }' "$WORK/metrics")" -eq $((${before:-0} + 3)) ]
	[ "$(awk '/duration_seconds_count.endpoint="login"/ { print $2 }' "$WORK/metrics")" -ge 3 ]
	# a wrong password takes its 100 ms
	[ "$(fast)" -eq "$fast" ]
	run curl -sS -o /dev/null -w '%{http_code}' "http://$VEMRE_METRICS/"
	[ "$output" = 404 ]
	light logins green "$((${before:-0} + 3)) contraseñas erradas" # those of the test log-in too
	run grep -F -e VOTER -e 1555 "$WORK/metrics"
	[ "$status" -eq 1 ]
}

@test "metrics are told to this machine alone" {
	sed 's/metrics = "[^"]*"/metrics = "0.0.0.0:9464"/; s/backend.sock/other.sock/' "$VEMRE_CONFIG" > "$WORK/open.conf"
	chmod 644 "$WORK/open.conf"
	run as "$VEMRE_BUILD/bin/vemre-backend" --config "$WORK/open.conf" --election "$ELECTION"
	[ "$status" -eq 2 ] && [[ $output == *"no es una dirección de este equipo"* ]] || { echo "$output"; false; }
}

@test "nginx stopped" {
	kill -QUIT "$(cat "$WORK/web/run/balancer.pid")"
	light site red "$SITE"
	light certificate red "no ofrece TLS"
	as /usr/sbin/nginx -p "$WORK/web/run" -e "$WORK/web/run/balancer-error.log" -c "$WORK/web/nginx/balancer.conf"
	light site green "responde en"
}

@test "the backend stopped; a real Prometheus fires" {
	command -v prometheus promtool > /dev/null
	promtool check rules fcgi/monitoring/alerts.yml
	local port files; port=$(free_port) files=$(free_port)
	mkdir -p "$WORK/prometheus"
	# in place of the node exporter's text collector
	ln -s "$WORK/probe.prom" "$WORK/prometheus/probe.prom"
	serve prometheus-files "$WORK/prometheus" "$files"
	# the waits of the alerts, shortened for the test
	sed 's/for: .*/for: 1s/' fcgi/monitoring/alerts.yml > "$WORK/prometheus/alerts.yml"
	cat > "$WORK/prometheus/prometheus.yml" <<-YML
	global: { scrape_interval: 1s, evaluation_interval: 1s }
	rule_files: [ alerts.yml ]
	scrape_configs:
	  - { job_name: vemre-backend, static_configs: [ { targets: [ "$VEMRE_METRICS" ] } ] }
	  - { job_name: node, metrics_path: /probe.prom, static_configs: [ { targets: [ "127.0.0.1:$files" ] } ] }
	YML
	setpriv --pdeathsig TERM prometheus --config.file "$WORK/prometheus/prometheus.yml" --storage.tsdb.path "$WORK/prometheus/data" \
		--web.listen-address "127.0.0.1:$port" > "$WORK/prometheus/log" 2>&1 3>&- &
	echo $! > "$WORK/prometheus.pid"
	ask() { curl -fsS "http://127.0.0.1:$port/api/v1/$1"; }
	scraped() { ask 'query?query=vemre_backend_requests_total' | grep -q '"endpoint":"status"'; }
	fires() { ask alerts | jq -e --arg name "$1" '[.data.alerts[] | select(.labels.alertname == $name and .state == "firing")] | length > 0'; }
	probe
	until_holds 30 scraped || { cat "$WORK/prometheus/log"; false; }
	if fires VemreBackendDown || fires VemreEntryFails; then false; fi
	backend_away
	light backend red "$VEMRE_METRICS"
	light site red "HTTP 503"
	run probe
	[ "$status" -eq 5 ] && [[ $output == *"(status): "*"HTTP 503"* ]] || { echo "$output"; false; }
	light entry red "el sitio rechaza"
	until_holds 30 fires VemreBackendDown
	until_holds 30 fires VemreEntryFails
	backend
	light backend green "hilos ocupados"
	probe
	light entry green "entró hace"
	until_holds 30 eval '! fires VemreBackendDown && ! fires VemreEntryFails'
	kill "$(cat "$WORK/prometheus.pid")"
	until_holds 15 eval '! kill -0 "$(cat "$WORK/prometheus.pid")"'
	rm "$WORK/prometheus.pid"
	serve_end prometheus-files
}

@test "the signer stopped; signing with another's key" {
	kill "$(cat "$WORK/web/run/signer.pid")"
	until_holds 15 test ! -e "$WORK/web/run/signer.sock"
	light signer red "signer.sock"
	sed "s|$WORK/token|$WORK/token2|; s|$WORK/system.pin|$WORK/system2.pin|" "$VEMRE_CONFIG" > "$WORK/signer2.conf"
	chmod 644 "$WORK/signer2.conf"
	as "$VEMRE_BUILD/bin/system-signer" --init --config "$WORK/signer2.conf" > /dev/null
	start signer "$VEMRE_BUILD/bin/system-signer" --config "$WORK/signer2.conf"
	light signer red "no es de esta elección"
	kill "$(cat "$WORK/web/run/signer.pid")"
	until_holds 15 test ! -e "$WORK/web/run/signer.sock"
	start signer "$VEMRE_BUILD/bin/system-signer" --config "$VEMRE_CONFIG"
	light signer green "firma en"
}

@test "a certificate about to expire" {
	local tls=$WORK/web/tls
	as cp "$tls/site.pem" "$tls/good.pem"
	as bash -c "openssl x509 -req -in '$tls/site.csr' -CA '$tls/ca.pem' -CAkey '$tls/ca.key' -set_serial 7 -days 2 \
		-extfile <(echo subjectAltName=DNS:localhost) 2> /dev/null | cat - '$tls/ca.pem' > '$tls/short.pem'; cat '$tls/short.pem' > '$tls/site.pem'"
	kill -HUP "$(cat "$WORK/web/run/balancer.pid")"
	light certificate red "faltan 1 d"
	light site green "responde en"
	as bash -c "cat '$tls/good.pem' > '$tls/site.pem'"
	kill -HUP "$(cat "$WORK/web/run/balancer.pid")"
	light certificate green "vence el"
}

@test "the clock shifted" {
	shifted() { # seconds
		rm -f "$WORK/clock.port"
		as bash -c 'node test/tools/shifted-clock.mjs "$1" > "$2/clock.port" 3>&- & echo $! > "$2/clock.pid"' - "$1" "$WORK"
		until_holds 10 test -s "$WORK/clock.port"
		conf "ntp = [\"127.0.0.1:$(cat "$WORK/clock.port")\"];"
	}
	shifted 30.5
	light clock red "la hora difiere +30."
	kill "$(cat "$WORK/clock.pid")"
	light clock amber "no responde"
	shifted -0.7
	light clock amber "la hora difiere -0."
	kill "$(cat "$WORK/clock.pid")"
	shifted 0
	light clock green "diferencia con 1 servidores"
	kill "$(cat "$WORK/clock.pid")"
	rm "$WORK/clock.pid"
	conf
}

@test "a disk that is full" {
	mkdir -p "$WORK/small"
	chmod 777 "$WORK/small"
	conf
	sed -i "s|disk_amber = 0; disk_red = 0;|disks = [\"$WORK/small\"];|" "$WORK/monitor.conf"
	full() { # kilobytes of one MiB
		as unshare -Urm bash -c "mount -t tmpfs -o size=1m tmpfs '$WORK/small' && head -c ${1}k /dev/zero > '$WORK/small/file' &&
			'$VEMRE_BUILD/bin/monitor-election' --config '$WORK/monitor.conf' --election '$ELECTION' --once"
	}
	as unshare -Urm true || skip "no user namespaces here"
	run full 1000
	[ "$status" -eq 5 ] && [[ $output == *"ROJO"*"Disco"*"$WORK/small: queda el"* ]] || { echo "$output"; false; }
	run full 880
	[ "$status" -eq 0 ] && [[ $output == *"ÁMBAR"*"Disco"*"$WORK/small: queda el"* ]] || { echo "$output"; false; }
	conf
}

@test "a file altered; a function of the database altered" {
	conf "manifest = \"$WORK/certified.txt\";"
	light integrity green "todas las certificadas"
	as bash -c "echo '-- x' >> '$WORK/sql/003-cast.sql'"
	light integrity red "server/sql/003-cast.sql"
	as cp sql/003-cast.sql "$WORK/sql/"
	light integrity green "todas las certificadas"
	sql vemre_owner "ALTER FUNCTION vemre.in_box(bytea) COST 50"
	light integrity red "vemre.in_box"
	sql vemre_owner "ALTER FUNCTION vemre.in_box(bytea) COST 100"
	light integrity green "todas las certificadas"
	conf
}

@test "no backup, an old backup" {
	conf "backup_stamp = \"$WORK/backup.stamp\";"
	light backup red "ningún respaldo"
	touch -d '30 hours ago' "$WORK/backup.stamp"
	light backup amber "de hace 30 horas"
	touch "$WORK/backup.stamp"
	light backup green "hace 0.0 horas"
	conf
}

@test "mails that are refused" {
	cat > "$WORK/mail.json" <<-JSON
	{"format": "VEMRE-V1", "time": "2027-05-01T00:00:00Z", "total": {"accepted": 90, "refused": 60, "waiting": 1},
	"by": {"good.example": {"accepted": 90, "refused": 0, "waiting": 0}, "bad.example": {"accepted": 0, "refused": 60, "waiting": 1}}}
	JSON
	conf "mail_figures = \"$WORK/mail.json\";"
	light mail red "dominio bad.example: se rechaza el 100 % de 60"
	echo '{}' > "$WORK/mail.json"
	light mail red "mail.json"
	conf
}

@test "replication cut; somebody waits for a lock" {
	echo 'local replication all peer map=vemre' >> "$WORK/db/data/pg_hba.conf"
	sql postgres 'SELECT pg_reload_conf()' > /dev/null
	as pg_basebackup -h "$DB_SOCKET" -U postgres -D "$WORK/standby" -R -X stream -c fast
	as "$(pg_bin)/pg_ctl" -D "$WORK/standby" -l "$WORK/standby.log" -o "-k '$WORK/db/run' -p 5433" -w start > /dev/null 3>&-
	conf "standbys = 1;"
	light replication green "al día"
	as "$(pg_bin)/pg_ctl" -D "$WORK/standby" -m immediate -w stop > /dev/null
	light replication red "0 de 1"
	sql vemre_owner "BEGIN; LOCK TABLE vemre.load_voter; SELECT pg_sleep(6)" > /dev/null 3>&- &
	local holder=$!
	until_holds 10 eval '[ "$(sql postgres "SELECT count(*) FROM pg_locks WHERE relation = '"'vemre.load_voter'"'::regclass AND granted")" -gt 0 ]'
	sql vemre_owner "SELECT FROM vemre.load_voter" > /dev/null 3>&- &
	light database amber "espera un candado"
	wait $holder
	conf
	light database green "0 candados en espera"
}

@test "the gateway down, then send-messages" {
	as kill "$(cat "$WORK/sms/run/smsbox.pid")"
	light gateways red "no responde la pasarela 1"
	as kill "$(cat "$WORK/web/run/messages.pid")"
	light messages red "sms.sock"
	run probe
	[ "$status" -eq 5 ] && [[ $output == *"no se pudo entrar (login): "*"code-not-sent"* ]] || { echo "$output"; false; }
	light entry red "usuario y contraseña"
}

@test "the database stopped" {
	as bash -c 'setsid "$1" watch --record --config "$2/monitor.conf" --election "$3" < /dev/null > "$2/watch.log" 2>&1 3>&- & echo $! > "$2/watch.pid"' \
		- "$VEMRE_BUILD/bin/monitor-election" "$WORK" "$ELECTION"
	until_holds 30 grep -q 'se vigila la elección' "$WORK/watch.log"
	run as "$VEMRE_BUILD/bin/monitor-election" watch --record --config "$WORK/monitor.conf" --election "$ELECTION"
	[ "$status" -eq 5 ] && [[ $output == *"otro proceso"* ]] || { echo "$output"; false; }
	sleep 7 # of good light
	as ceremony-scripts/parts/database stop "$WORK/db"
	light database red "base de datos"
	light site red "HTTP 503"
	run probe
	[ "$status" -eq 5 ] && [[ $output == *"mientras, se guarda en"* ]] || { echo "$output"; false; }
	[ "$(wc -l < "$ELECTION/monitor/probe-unsent.jsonl")" -eq 1 ]
	light entry red "el sitio rechaza: failed (HTTP 503)"
	until_holds 30 grep -q 'Base de datos: ROJO' "$WORK/watch.log"
	sleep 6
	as ceremony-scripts/parts/database start "$WORK/db"
	light database green "conexiones"
	before=$(journalled synthetic-entry 'failed status')
	probe || [ $? -eq 5 ] # as the gateway is by now
	[ ! -s "$ELECTION/monitor/probe-unsent.jsonl" ]
	as kill "$(cat "$WORK/watch.pid")"
	until_holds 20 eval '! kill -0 "$(cat "$WORK/watch.pid")"'
	rm "$WORK/watch.pid"
	grep -q 'Base de datos: ROJO' "$WORK/watch.log"
	[ ! -s "$ELECTION/monitor/watch-unsent.jsonl" ]
	[ "$(sql postgres "SELECT count(*) > 0 FROM vemre.sample WHERE component = 'database' AND light = 'red' AND ended > began")" = t ]
	[ "$(sql postgres "SELECT count(DISTINCT component) > 3 FROM vemre.sample WHERE light = 'green'")" = t ]
	as "$VEMRE_BUILD/bin/monitor-election" report --config "$WORK/monitor.conf" --election "$ELECTION"
	text=$(pdftotext -layout "$ELECTION/documents/informe-de-operacion.pdf" -)
	for words in 'Entrada de prueba .* 0\.\|Entrada de prueba .* [1-9][0-9]*\.' 'Sitio (nginx) ' 'Base de datos  .* medido: la vista'; do
		grep -q "$words" <<< "$text" || { echo "$text"; false; }
	done
	[ "$(journalled synthetic-entry 'failed status')" -eq $((before + 1)) ]
}
