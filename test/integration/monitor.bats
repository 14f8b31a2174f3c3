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
		echo "monitor = { site = \"$SITE\"; site_ca = \"$CA\"; place_days = 10000; disk_amber = 0; disk_red = 0; ${1:-} };"
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
	as node test/integration/server.mjs wrong-password
	curl -fsS "http://$VEMRE_METRICS/metrics" > "$WORK/metrics"
	[ "$(awk '/requests_total.endpoint="login",outcome="bad-login"/ { print $2 }' "$WORK/metrics")" -eq $((${before:-0} + 3)) ]
	[ "$(awk '/duration_seconds_count.endpoint="login"/ { print $2 }' "$WORK/metrics")" -ge 3 ]
	# a wrong password takes its 100 ms
	[ "$(awk '/duration_seconds_bucket.endpoint="login",le="0.05"/ { print $2 }' "$WORK/metrics")" -eq 0 ]
	run curl -sS -o /dev/null -w '%{http_code}' "http://$VEMRE_METRICS/"
	[ "$output" = 404 ]
	light logins green "3 contraseñas erradas"
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
	local port; port=$(free_port)
	mkdir -p "$WORK/prometheus"
	# the waits of the alerts, shortened for the test
	sed 's/for: .*/for: 1s/' fcgi/monitoring/alerts.yml > "$WORK/prometheus/alerts.yml"
	cat > "$WORK/prometheus/prometheus.yml" <<-YML
	global: { scrape_interval: 1s, evaluation_interval: 1s }
	rule_files: [ alerts.yml ]
	scrape_configs: [ { job_name: vemre-backend, static_configs: [ { targets: [ "$VEMRE_METRICS" ] } ] } ]
	YML
	prometheus --config.file "$WORK/prometheus/prometheus.yml" --storage.tsdb.path "$WORK/prometheus/data" \
		--web.listen-address "127.0.0.1:$port" > "$WORK/prometheus/log" 2>&1 3>&- &
	echo $! > "$WORK/prometheus.pid"
	ask() { curl -fsS "http://127.0.0.1:$port/api/v1/$1"; }
	scraped() { ask 'query?query=vemre_backend_requests_total' | grep -q '"endpoint":"status"'; }
	fires() { ask alerts | grep -q '"alertname":"VemreBackendDown"[^}]*}.*"state":"firing"'; }
	until_holds 30 scraped || { cat "$WORK/prometheus/log"; false; }
	! fires
	backend_away
	light backend red "$VEMRE_METRICS"
	light site red "HTTP 503"
	until_holds 30 fires
	backend
	light backend green "hilos ocupados"
	until_holds 30 eval '! fires'
	kill "$(cat "$WORK/prometheus.pid")"
	rm "$WORK/prometheus.pid"
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
}

@test "the database stopped" {
	as ceremony-scripts/parts/database stop "$WORK/db"
	light database red "base de datos"
	light site red "HTTP 503"
	as ceremony-scripts/parts/database start "$WORK/db"
	light database green "conexiones"
}
