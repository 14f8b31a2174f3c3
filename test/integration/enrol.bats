#!/usr/bin/env bats
# Enrolment end to end (numeral 19): an invented roll, keys and credentials, every mail through a real SMTP server
# with STARTTLS, a kill in the middle; codes through a real SMS gateway to its fake phones.
# VEMRE_BUILD: where the programs are (default build). Nothing of it leaves loopback.

setup_file() {
	export SOURCE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export BUILD=${VEMRE_BUILD:-$SOURCE/build}
	export WORK=$(mktemp -d /tmp/enrol.XXXXXX) PHRASE='una frase de acceso larga'
	chmod 755 "$WORK"
	mkdir -p "$WORK/mail" "$WORK/sms"
	# The servers run as an unprivileged user.
	export AS=
	if [ "$(id -u)" -eq 0 ]; then
		chown nobody "$WORK/mail" "$WORK/sms"
		AS='setpriv --reuid=nobody --regid=nogroup --clear-groups'
	fi
	$AS "$SOURCE/ceremony-scripts/parts/mail" start "$WORK/mail"
	$AS "$SOURCE/ceremony-scripts/parts/sms" start "$WORK/sms"
	. "$WORK/mail/mail.env"
	. "$WORK/sms/sms.env"
	export MAIL_BOX MAIL_URL MAIL_CA SMS_PHONE SMS_GATEWAY SMS_PASSWORD_FILE
	cat > "$WORK/vemre.conf" <<-CONF
	mail: { url = "$MAIL_URL"; from = "voto@instituto.example"; from_name = "Voto por Internet"; ca = "$MAIL_CA"; };
	sms: { socket = "sms.socket"; gateways = ["$SMS_GATEWAY"]; password_files = ["$SMS_PASSWORD_FILE"];
	       accepted = "0:"; figures = "sms-figures.json"; };
	CONF
	export DEFINITION=$SOURCE/test/elections/simulacro.json
}

teardown_file() {
	$AS "$SOURCE/ceremony-scripts/parts/mail" stop "$WORK/mail"
	$AS "$SOURCE/ceremony-scripts/parts/sms" stop "$WORK/sms"
	rm -rf "$WORK"
}

teardown() { # what a test that failed has left running
	[ -z "$(jobs -p)" ] || kill $(jobs -p) 2> /dev/null || true
}

election() { # a folder after the key session
	mkdir -p "$WORK/$1/record"
	cp "$SOURCE/test/vectors/record/keys.json" "$WORK/$1/record/"
}
enroll() { # FOLDER argument…
	local folder=$WORK/$1
	shift
	printf '%s\n%s\n' "$PHRASE" "$PHRASE" |
		"$BUILD/bin/enroll-voters" --election "$folder" --config "$WORK/vemre.conf" "$@"
}
check() { node "$BATS_TEST_DIRNAME/enrol.mjs" "$@"; }
load() { enroll "$1" --load "$2" --definition "$DEFINITION"; }
send() { enroll "$1" --send --definition "$DEFINITION"; }
absent() { # neither `! command` nor the left of && ends a test that fails there
	if "$@"; then return 1; fi
}
wait_for_mails() { # N, at most 20 s: the server delivers after it has accepted
	for _ in $(seq 200); do
		[ "$(ls "$MAIL_BOX/new" 2>/dev/null | wc -l)" -ge "$1" ] && return 0
		sleep 0.1
	done
	return 1
}

@test "the order is binding: nothing before the safe, the keys, the load" {
	mkdir -p "$WORK/order/record"
	"$SOURCE/ceremony-scripts/roll" 5 "$DEFINITION" > "$WORK/five.csv"
	run load order "$WORK/five.csv"
	[ "$status" -eq 5 ]
	[[ $output == *--init* ]]
	enroll order --init
	run load order "$WORK/five.csv"
	[ "$status" -eq 5 ]
	[[ $output == *keygen-ceremony* ]]
	run send order
	[ "$status" -eq 5 ]
	[[ $output == *--load* ]]
	run enroll order --init
	[ "$status" -eq 5 ]
}

@test "bad lines are named, kept apart, and nothing is half loaded" {
	election bad
	enroll bad --init
	{
		cat "$WORK/five.csv"
		echo 'SIM9999991,Sin Correo,nadie,+12135550188,09'
		echo 'SIM0000003,Repetida,otra.persona@example.org,+12135550189,09'
		echo 'SIM9999993,Otra Entidad,x@example.org,+12135550190,99'
		echo '"SIM9999994,Comillas,y@example.org,+12135550191,09'
		echo 'SIM9999995,"De la O, ""Lola""",z@example.org,+1 (213) 555-0192,09'
		printf 'SIM9999996,Latin\351,v@example.org,+12135550193,09\n'
		grep '^SIM0000001' "$WORK/five.csv" | sed 's/^SIM0000001/SIM9999997/; s/guadalupe/Guadalupe/'
	} > "$WORK/bad.csv"
	run load bad "$WORK/bad.csv"
	echo "$output"
	[ "$status" -eq 3 ]
	for line in 7 8 9 10 12 13; do [[ $output == *"línea $line:"* ]]; done
	[[ $output != *"línea 11:"* ]]
	[ "$(wc -l < "$WORK/bad/enrolment/rejected.csv")" -eq 7 ]
	[ ! -e "$WORK/bad/record/credentials.csv" ]
	[ ! -e "$WORK/bad/enrolment/spool" ]
	[ ! -e "$WORK/bad/enrolment/server-load.csv" ]
	enroll bad --load "$WORK/bad.csv" --definition "$DEFINITION" --leave-out-bad-lines
	[ "$(grep -c ',v$' "$WORK/bad/record/credentials.csv")" -eq 6 ]
	grep -q ',+12135550192,' "$WORK/bad/enrolment/server-load.csv"
}

@test "above max_voters, another election's keys, a wrong passphrase: refused" {
	election max
	enroll max --init
	"$SOURCE/ceremony-scripts/roll" 1001 "$DEFINITION" > "$WORK/many.csv"
	run load max "$WORK/many.csv"
	[ "$status" -eq 3 ]
	[[ $output == *max_voters* ]]
	sed 's/"id": "simulacro"/"id": "otra"/' "$DEFINITION" > "$WORK/other.json"
	run enroll max --load "$WORK/five.csv" --definition "$WORK/other.json"
	[ "$status" -eq 3 ]
	[[ $output == *otra* ]]
	PHRASE='otra frase de acceso' run load max "$WORK/five.csv"
	[ "$status" -eq 6 ]
	[ ! -e "$WORK/max/record/credentials.csv" ]
}

@test "70 voters are loaded once: credentials, the server's file, spares" {
	election whole
	enroll whole --init
	"$SOURCE/ceremony-scripts/roll" 70 "$DEFINITION" > "$WORK/roll.csv"
	load whole "$WORK/roll.csv"
	local record=$WORK/whole/record/credentials.csv server=$WORK/whole/enrolment/server-load.csv
	[ "$(grep -c ',v$' "$record")" -eq 70 ]
	[ "$(grep -c ',s$' "$record")" -eq 6 ] # 5 % of 24, 23, 23, rounded up
	LC_ALL=C sort -c "$record"
	[ "$(head -1 "$server")" = username,auth_sha256,phone,district,credential,kind ]
	[ "$(wc -l < "$server")" -eq 77 ]
	[ "$(cut -d, -f1 "$server" | sort -u | wc -l)" -eq 77 ]
	[ "$(stat -c %a "$server")" = 600 ]
	# The same credentials in both, of the same district and kind.
	diff "$record" <(tail -n +2 "$server" | awk -F, '{print $4 "," $5 "," $6}' | LC_ALL=C sort)
	# Every voter's telephone, no name or address.
	diff <(tail -n +2 "$WORK/roll.csv" | cut -d, -f4 | sort) <(grep ',v$' "$server" | cut -d, -f3 | sort)
	absent grep -rq -e example.org -e SIM00000 "$server" "$record" "$WORK/whole/enrolment/spool" "$WORK/whole/journal"
	run load whole "$WORK/roll.csv"
	[ "$status" -eq 5 ]
}

@test "70 mails arrive, each with both parts, and their passwords are the server's" {
	rm -rf "$MAIL_BOX"/new/*
	send whole
	wait_for_mails 70
	[ "$(ls "$MAIL_BOX/new" | wc -l)" -eq 70 ]
	[ "$(grep -h '^Envelope-to:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 70 ]
	[ "$(grep -l '^Content-Type: text/plain' "$MAIL_BOX"/new/* | wc -l)" -eq 70 ]
	[ "$(grep -l '^Content-Type: text/html' "$MAIL_BOX"/new/* | wc -l)" -eq 70 ]
	[ "$(grep -l 'with esmtps' "$MAIL_BOX"/new/* | wc -l)" -eq 70 ]
	check mails "$MAIL_BOX/new" "$WORK/whole/enrolment/server-load.csv" "$WORK/roll.csv" simulacro
	run "$BUILD/bin/enroll-voters" --election "$WORK/whole" --status
	[[ $output == *'correos enviados: 70'* ]]
}

@test "no password is left in the spool, but the spares'" {
	# Fixed places (ceremony/spool.h): what follows the person's block is zeros for each v.
	check spool "$WORK/whole/enrolment/spool" 70 6
	absent grep -rqaE '[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}' "$WORK/whole"
}

@test "killed in the middle, it goes on: every voter has a mail, the doubtful ones under one Message-ID" {
	election killed
	enroll killed --init
	"$SOURCE/ceremony-scripts/roll" 300 "$DEFINITION" 2 > "$WORK/three-hundred.csv"
	load killed "$WORK/three-hundred.csv"
	rm -rf "$MAIL_BOX"/new/*
	for n in 30 90 150; do
		send killed > "$WORK/killed.log" 2>&1 &
		wait_for_mails "$n"
		local pid=$(pgrep -nf -- "--election $WORK/killed ")
		kill -9 "$pid"
		wait || true
	done
	run "$BUILD/bin/enroll-voters" --election "$WORK/killed" --status
	echo "$output"
	[[ $output != *'correos enviados: 300'* ]]
	run send killed
	echo "$output"
	[ "$status" -eq 0 ]
	wait_for_mails 300
	sleep 1
	[ "$(grep -h '^Envelope-to:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 300 ]
	[ "$(grep -h '^Message-ID:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 300 ]
	# As many again as were in doubt, at the most: two connections, three kills.
	[ "$(ls "$MAIL_BOX/new" | wc -l)" -le 306 ]
	[ "$(ls "$MAIL_BOX/new" | wc -l)" -le $((300 + $(cat "$WORK/killed/enrolment/in-doubt.csv" | wc -l))) ]
	run "$BUILD/bin/enroll-voters" --election "$WORK/killed" --status
	[[ $output == *'correos enviados: 300'* && $output == *'en duda (a medio enviar): 0'* ]]
}

# Every recipient's mails have the same codes in them: user name, password, credential.
one_password() {
	python3 - "$MAIL_BOX/new" <<-'PY'
	import email, os, re, sys
	seen, bad = {}, 0
	for name in os.listdir(sys.argv[1]):
	    m = email.message_from_binary_file(open(os.path.join(sys.argv[1], name), "rb"))
	    text = next(p for p in m.walk() if p.get_content_type() == "text/plain").get_payload(decode=True).decode()
	    codes = re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", text)
	    assert len(codes) >= 2, text
	    bad += seen.setdefault(m["Envelope-to"], codes) != codes
	print(f"# {len(seen)} recipients, {bad} with two passwords")
	sys.exit(1 if bad else 0)
	PY
}

@test "no more mails a minute than the relay likes, over all connections" {
	election paced
	enroll paced --init
	load paced "$WORK/five.csv"
	sed 's/mail: {/mail: { per_minute = 120; connections = 4;/' "$WORK/vemre.conf" > "$WORK/paced.conf"
	rm -rf "$MAIL_BOX"/new/*
	local began; began=$(date +%s%N)
	printf '%s\n' "$PHRASE" | "$BUILD/bin/enroll-voters" --election "$WORK/paced" --config "$WORK/paced.conf" --send --definition "$DEFINITION"
	local took=$((($(date +%s%N) - began) / 1000000))
	wait_for_mails 5
	# five mails, half a second apart
	[ "$took" -ge 2000 ] || { echo "$took ms"; return 1; }
}

@test "killed at random moments of the sending: nobody ever gets two different passwords" {
	local kills=3 i pid
	[ -z "${VEMRE_ALL:-}" ] || kills=20
	election random
	enroll random --init
	"$SOURCE/ceremony-scripts/roll" 300 "$DEFINITION" 5 > "$WORK/random.csv"
	load random "$WORK/random.csv"
	rm -rf "$MAIL_BOX"/new/*
	RANDOM=${SEED:-$$}
	for ((i = 1; i <= kills; i++)); do
		send random > "$WORK/random.log" 2>&1 &
		sleep "0.$((RANDOM % 9))$((RANDOM % 10))"
		pid=$(pgrep -nf -- "--election $WORK/random ") && kill -9 "$pid"
		wait || true
	done
	run send random
	echo "$output"
	[ "$status" -eq 0 ]
	wait_for_mails 300
	sleep 1
	[ "$(grep -h '^Envelope-to:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 300 ]
	[ "$(grep -h '^Message-ID:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 300 ]
	[ "$(ls "$MAIL_BOX/new" | wc -l)" -le $((300 + $(cat "$WORK/random/enrolment/in-doubt.csv" 2>/dev/null | wc -l))) ]
	one_password >&3
}

@test "a roll of 200,000 is enrolled in under a minute" {
	[ -n "${VEMRE_ALL:-}" ] || skip "half a minute of two cores: ./test/run --all"
	sed -E 's/"max_voters": [0-9]+/"max_voters": 200000/' "$DEFINITION" > "$WORK/large.json"
	"$SOURCE/ceremony-scripts/roll" 200000 "$WORK/large.json" 9 > "$WORK/large.csv"
	election large
	enroll large --init
	local began=$SECONDS
	DEFINITION=$WORK/large.json load large "$WORK/large.csv"
	echo "# 200,000 voters in $((SECONDS - began)) s" >&3
	[ $((SECONDS - began)) -lt 60 ]
	[ "$(grep -c ',v$' "$WORK/large/record/credentials.csv")" -eq 200000 ]
	[ "$(grep -c ',v$' "$WORK/large/enrolment/server-load.csv")" -eq 200000 ]
	rm -r "$WORK/large" "$WORK/large.csv"
}

@test "an answer that is lost, by a kill or by time: in doubt, listed, sent again under the same Message-ID" {
	election slow
	enroll slow --init
	{
		echo voter,name,email,phone,district
		echo 'SIM9999981,Lenta,a@slow.example,+12135550181,09'
	} > "$WORK/slow.csv"
	load slow "$WORK/slow.csv"
	rm -rf "$MAIL_BOX"/new/*
	send slow > "$WORK/slow.log" 2>&1 &
	sleep 2
	kill -9 "$(pgrep -nf -- "--election $WORK/slow ")"
	wait || true
	wait_for_mails 1 # it was taken, and we do not know
	run "$BUILD/bin/enroll-voters" --election "$WORK/slow" --status
	[[ $output == *'en duda (a medio enviar): 1'* ]]
	# Two tries without an answer in time: still in doubt.
	sed 's/mail: {/mail: { timeout = 2;/' "$WORK/vemre.conf" > "$WORK/hurry.conf"
	run bash -c 'printf "%s\n" "$PHRASE" | "$BUILD/bin/enroll-voters" --election "$WORK/slow" \
		--config "$WORK/hurry.conf" --send --definition "$DEFINITION"'
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *'en duda: el correo de SIM9999981'* ]]
	run "$BUILD/bin/enroll-voters" --election "$WORK/slow" --status
	[[ $output == *'en duda (a medio enviar): 1'* ]]
	run send slow
	echo "$output"
	[ "$status" -eq 0 ]
	wait_for_mails 2
	[ "$(grep -h '^Message-ID:' "$MAIL_BOX"/new/* | sort -u | wc -l)" -eq 1 ]
	[ "$(grep -c ',SIM9999981,a@slow.example$' "$WORK/slow/enrolment/in-doubt.csv")" -ge 3 ]
}

@test "while it runs: no secret in its arguments, environment or core, in no page that may be swapped, and nobody may look" {
	election watched
	enroll watched --init
	printf '%s\n' voter,name,email,phone,district 'SIM9999971,Mirada,c@slow.example,+12135550171,09' > "$WORK/watched.csv"
	load watched "$WORK/watched.csv"
	rm -rf "$MAIL_BOX"/new/*
	printf '%s\n' "$PHRASE" | env -u PHRASE "$BUILD/bin/enroll-voters" --election "$WORK/watched" --config "$WORK/vemre.conf" \
		--send --definition "$DEFINITION" > "$WORK/watched.log" 2>&1 &
	sleep 2
	local pid; pid=$(pgrep -nf -- "--election $WORK/watched ")
	# seen from outside, by its own user too (who is not root in ./test/run)
	absent grep -aq "$PHRASE" "/proc/$pid/cmdline"
	grep -Eq '^Max core file size +0 +0 ' "/proc/$pid/limits"
	[ "$(awk '/^VmLck/ {print $2}' "/proc/$pid/status")" -ge 256 ]
	[ "$(stat -c %U "/proc/$pid/environ")" = root ] # not dumpable: closed to all but root
	if [ "$(id -u)" -eq 0 ]; then
		absent grep -aq "$PHRASE" "/proc/$pid/environ"
		# every page of it: the phrase is in locked ones alone
		python3 - "$pid" "$PHRASE" <<-'PY'
		import re, sys
		pid, phrase = sys.argv[1], sys.argv[2].encode()
		memory = open(f"/proc/{pid}/mem", "rb")
		found = bad = 0
		area = None
		for line in open(f"/proc/{pid}/smaps"):
		    if m := re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line):
		        area = m
		    elif line.startswith("VmFlags:") and "r" in area[3]:
		        try:
		            memory.seek(int(area[1], 16)); n = memory.read(int(area[2], 16) - int(area[1], 16)).count(phrase)
		        except OSError:
		            continue
		        found += n
		        bad += n if " lo" not in line or " dd" not in line else 0 # locked; not in a core
		sys.exit(f"{found} times, {bad} outside locked pages" if bad or not found else 0)
		PY
	fi
	kill -9 "$pid"
	wait || true
	wait_for_mails 1 # taken by the server all the same: not into the next test's box
	# nor on disk, nor in what was said
	absent grep -rq "$PHRASE" "$WORK/watched" "$WORK/watched.log"
	[ -z "$(find "$WORK/watched/enrolment" -type f -perm /077 ! -name registrar.pub ! -name mail-figures.json)" ]
	[ "$(stat -c %a "$WORK/watched/enrolment")" = 700 ]
}

@test "addresses refused for good and for now; a relay without a known certificate gets nothing" {
	election refused
	enroll refused --init
	{
		cat "$WORK/five.csv"
		echo 'SIM9999991,Rechazada,a@refused.example,+12135550188,09'
		echo 'SIM9999992,Despues,b@later.example,+12135550189,09'
	} > "$WORK/refused.csv"
	load refused "$WORK/refused.csv"
	rm -rf "$MAIL_BOX"/new/*
	sed 's|ca = "[^"]*";||' "$WORK/vemre.conf" > "$WORK/no-ca.conf"
	run bash -c 'printf "%s\n" "$PHRASE" | "$BUILD/bin/enroll-voters" --election "$WORK/refused" \
		--config "$WORK/no-ca.conf" --send --definition "$DEFINITION"'
	echo "$output"
	[ "$status" -eq 1 ]
	[ "$(ls "$MAIL_BOX/new" | wc -l)" -eq 0 ]
	run send refused
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *'dejó 1 para después'* ]]
	wait_for_mails 5
	grep -q ',SIM9999991,a@refused.example,' "$WORK/refused/enrolment/refused.csv"
	check figures "$WORK/refused/enrolment/mail-figures.json" 5 1 1
}

@test "an altered spool is refused" {
	cp -r "$WORK/killed" "$WORK/altered"
	local spool=$WORK/altered/enrolment/spool
	# Entry 1 and entry 2 change places.
	check swap "$spool"
	run send altered
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *alterada* ]]
}

@test "20 codes go through the gateway to the phones; neither log nor figures know them" {
	"$BUILD/bin/send-messages" --config "$WORK/vemre.conf" > "$WORK/send-messages.log" 2>&1 &
	local pid=$!
	for _ in $(seq 50); do [ -S "$WORK/sms.socket" ] && break; sleep 0.1; done
	[ "$(stat -c %a "$WORK/sms.socket")" = 660 ]
	run "$BUILD/bin/send-messages" --config "$WORK/vemre.conf"
	[ "$status" -eq 5 ]
	for i in $(seq 10 29); do
		printf 'Código de votación: 4711%s. No lo comparta.' "$i" |
			"$BUILD/tools/try-sms" "$WORK/sms.socket" "+44770090000$((i % 10))"
	done
	for _ in $(seq 50); do [ "$(grep -c 'Got message' "$SMS_PHONE")" -ge 20 ] && break; sleep 0.1; done
	check phones "$SMS_PHONE"
	kill -USR1 "$pid"
	kill -TERM "$pid"
	wait "$pid"
	[ ! -e "$WORK/sms.socket" ]
	grep -q '+44 .*20 aceptados' "$WORK/send-messages.log"
	absent grep -rq -e 4711 -e 477009 "$WORK/send-messages.log" "$WORK/sms-figures.json" "$WORK/sms/run"
}

@test "a gateway that is away is passed over for the next; none left: refused" {
	cat > "$WORK/two.conf" <<-CONF
	sms: { socket = "two.socket"; gateways = ["http://127.0.0.1:9/x?to={to}&text={text}", "$SMS_GATEWAY"];
	       password_files = ["", "$SMS_PASSWORD_FILE"]; timeout = 2; };
	CONF
	cat > "$WORK/one.conf" <<-CONF
	sms: { socket = "one.socket"; gateways = ["http://127.0.0.1:9/x?to={to}&text={text}"]; timeout = 2; };
	CONF
	"$BUILD/bin/send-messages" --config "$WORK/two.conf" > "$WORK/two.log" 2>&1 &
	local two=$!
	"$BUILD/bin/send-messages" --config "$WORK/one.conf" > "$WORK/one.log" 2>&1 &
	local one=$!
	for _ in $(seq 50); do [ -S "$WORK/two.socket" ] && [ -S "$WORK/one.socket" ] && break; sleep 0.1; done
	printf 'Código 815815' | "$BUILD/tools/try-sms" "$WORK/two.socket" +447700900011
	run bash -c 'printf "Código 815816" | "$BUILD/tools/try-sms" "$WORK/one.socket" +447700900011'
	[ "$status" -eq 6 ]
	kill -TERM "$one" "$two"
	wait "$one" "$two"
	run bash -c 'printf "Código 815817" | "$BUILD/tools/try-sms" "$WORK/one.socket" +447700900011'
	[ "$status" -eq 1 ]
	absent grep -q -e 81581 -e 900011 "$WORK/one.log" "$WORK/two.log"
}
