#!/usr/bin/env bats
# An attacker at the voting server, on real parts: sessions fixed and forged, codes guessed, ballots replayed, requests
# that no page makes (attacks.mjs). One election, the tests in order.

load voting-server.bash

# Its database is reached over TCP, by name and with the account's own certificate (doc/manual-administrador.md), which is
# more than a confined backend may do with one on a Unix socket; the certificates are in a folder of no other right.
setup_file() {
	local port n
	voting_server attacks -60 3000 10 || return 1
	port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport')
	as mkdir -m 700 "$WORK/tls"
	as openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$WORK/tls/ca.key" -out "$WORK/tls/ca.pem" -subj /CN=ca 2>/dev/null
	for n in localhost "$(as id -un)"; do
		as openssl req -x509 -CA "$WORK/tls/ca.pem" -CAkey "$WORK/tls/ca.key" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
			-keyout "$WORK/tls/$n.key" -out "$WORK/tls/$n.crt" -subj "/CN=$n" -addext "subjectAltName=DNS:$n" 2>/dev/null || return 1
	done
	printf "listen_addresses = 'localhost'\nport = %s\nssl = on\n" "$port" >>"$WORK/db/data/postgresql.conf"
	printf "ssl_ca_file = '%s/ca.pem'\nssl_cert_file = '%s/localhost.crt'\nssl_key_file = '%s/localhost.key'\n" "$WORK/tls" "$WORK/tls" "$WORK/tls" >>"$WORK/db/data/postgresql.conf"
	echo 'hostssl all all 127.0.0.1/32 cert map=vemre
hostssl all all ::1/128 cert map=vemre' >>"$WORK/db/data/pg_hba.conf"
	restart_database
	sed -i "s|host=$DB_SOCKET port=5432|host=localhost port=$port sslmode=verify-full sslrootcert=$WORK/tls/ca.pem sslcert=$WORK/tls/{account}.crt sslkey=$WORK/tls/{account}.key|" "$VEMRE_CONFIG"
	export PGPORT=$port # for the tests' own psql
	grep -q 'host=localhost' "$VEMRE_CONFIG" && voting_server_open
}
restart_database() {
	as "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)/pg_ctl" -s -D "$WORK/db/data" -l "$WORK/db/postgresql.log" -o "-k '$DB_SOCKET'" -m fast -w restart
}
teardown_file() { voting_server_stop; }
setup() { voting_server_env; }

attack() { as node test/integration/attacks.mjs "$1"; }

@test "a session that the attacker knows beforehand" { attack fixation; }
@test "requests from another site" { attack csrf; }
@test "another's code, a used one, and guesses: so many codes an hour" { attack codes; }
@test "a ballot from the box sent by somebody else, whole and in pieces" { attack replay; }
@test "guesses from one place lock out nobody elsewhere" { attack locked-out; }
@test "requests that no page makes" { attack strange; }
wire() { BACKEND=$WORK/web/run/backend.sock as node test/integration/attacks-wire.mjs "$1"; }

@test "another's session: guessed, read from the database, with its other half missing" { wire another; }
@test "JSON that costs more than it weighs, or means two things" { wire json; }
@test "ways out of what is served" { wire paths; }
@test "requests smuggled between nginx and the backend" { wire smuggling; }
@test "the backend's own socket: bytes that no web server sends" { wire fastcgi; }

# ---- TLS, at the site's own port: the balancer is the simulacro's
tls() { # options: what s_client says, and its status
	run as timeout 10 openssl s_client -connect "localhost:${SITE_DIRECT##*:}" -servername localhost -CAfile "$CA" -verify_return_error -verify_hostname localhost "$@" </dev/null
}
@test "TLS 1.2 and 1.3, and nothing older" {
	tls -tls1_3
	[ "$status" = 0 ] && [[ $output == *"TLSv1.3"* && $output == *"Verify return code: 0 (ok)"* ]] || { echo "$output"; return 1; }
	tls -tls1_2
	[ "$status" = 0 ] && [[ $output == *"Protocol  : TLSv1.2"* ]] || { echo "$output"; return 1; }
	for v in -tls1_1 -tls1; do # asked for with this client's own guard lowered
		tls "$v" -cipher 'ALL:@SECLEVEL=0'
		[ "$status" != 0 ] && [[ $output == *"alert protocol version"* ]] || { echo "$v $output"; return 1; }
	done
}
@test "TLS: only ciphers with forward secrecy and authenticated encryption" {
	local c n=0
	# Every TLS 1.2 suite that this OpenSSL knows, one at a time.
	for c in $(openssl ciphers -tls1_2 'ALL:COMPLEMENTOFALL:@SECLEVEL=0' | tr : ' '); do
		[[ $c == TLS_* ]] && continue
		tls -tls1_2 -cipher "$c:@SECLEVEL=0"
		[ "$status" = 0 ] || continue
		n=$((n + 1))
		[[ $c =~ ^ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)$ ]] || { echo "$c is taken"; return 1; }
	done
	[ "$n" -ge 2 ]
}
@test "TLS: the chain and the name are checked; no compression, no renegotiation, no tickets" {
	tls
	[[ $output == *"Verification: OK"* && $output == *"Verified peername: localhost"* && $output == *"Compression: NONE"* ]] || { echo "$output"; return 1; }
	run as timeout 10 openssl s_client -connect "localhost:${SITE_DIRECT##*:}" -servername localhost -CAfile "$CA" -verify_return_error -verify_hostname elsewhere.example </dev/null
	[ "$status" != 0 ] && [[ $output == *"ostname mismatch"* ]]
	run as timeout 10 openssl s_client -connect "localhost:${SITE_DIRECT##*:}" -servername localhost -verify_return_error -CAfile /etc/ssl/certs/ca-certificates.crt </dev/null
	[ "$status" != 0 ]
	run as bash -c "{ sleep 0.5; echo R; sleep 1; } | timeout 10 openssl s_client -tls1_2 -legacy_renegotiation -connect localhost:${SITE_DIRECT##*:} -CAfile '$CA' 2>&1"
	[[ $output == *"no renegotiation"* || $output == *"RENEGOTIATING"*"error"* || $output == *"closed"* ]] || { echo "$output"; return 1; }
	tls -tls1_2
	[[ $output != *"TLS session ticket:"* ]] || { echo "$output"; return 1; }
}
@test "TLS: what is not TLS is not served; HSTS on every answer" {
	run as curl -sS -o /dev/null -w '%{http_code}' "http://localhost:${SITE_DIRECT##*:}/"
	[ "$output" = 400 ] || { echo "$output"; return 1; }
	for path in / /api/status /api/nothing /nothing /record/election.json; do
		run as curl -sS --cacert "$CA" -o /dev/null -D - "$SITE_DIRECT$path"
		grep -qiE '^strict-transport-security: max-age=[1-9][0-9]*' <<<"$output" || { echo "$path: $output"; return 1; }
	done
}

@test "the database away and back: the confined backend finds it again, by name" {
	restart_database
	run as curl -sS --cacert "$CA" "$SITE_DIRECT/api/status"
	[[ $output == *'"state"'* ]] || { echo "$output"; return 1; }
	local status
	for status in /proc/"$(as cat "$WORK/web/run/backend.pid")"/task/*/status; do
		[ "$(awk '/^(NoNewPrivs|Seccomp):/ { printf "%s ", $2 }' "$status")" = "1 2 " ]
	done
}
@test "the backend that began is the one that ends: no attack ended it" {
	[ -z "$(grep -hiE 'signal|respawn|crit|emerg|Sanitizer' "$WORK"/web/run/*.log | grep -v 'signal process started' || true)" ]
	kill -0 "$(as cat "$WORK/web/run/backend.pid")"
}
