#!/usr/bin/env bats
# A mail lost after the opening (PROTOCOL 4): the registrar's signed line, the server's transaction and acknowledgement, the
# spare's mail, every refusal; before the opening a mail is made anew. Real parts: mail, SMS, nginx, database, system-signer.

load voting-server

setup_file() {
	voting_server reissue 20 150 4 || return 1
	as ceremony-scripts/parts/mail start "$WORK/mail" && . "$WORK/mail/mail.env" || return 1
	export MAILBOX=$WORK/mail/mailbox PHRASE='una frase de acceso larga'
	echo "mail = { url = \"$MAIL_URL\"; ca = \"$MAIL_CA\"; from = \"voto@instituto.example\"; };" >> "$VEMRE_CONFIG"
	# an enrolment of its own instead of the one that server-election.mjs invents
	as rm -rf "$ELECTION/enrolment" "$ELECTION/record/credentials.csv"
	ceremony-scripts/roll 8 "$ELECTION/definition.json" 7 | as tee "$WORK/roll.csv" > /dev/null
	enroll --init && enroll --load "$WORK/roll.csv" --definition "$ELECTION/definition.json" &&
		enroll --send --definition "$ELECTION/definition.json"
}
teardown_file() {
	as ceremony-scripts/parts/mail stop "$WORK/mail"
	voting_server_stop
}
setup() { voting_server_env; }

enroll() { # arguments; a word goes first
	local word=(); [ "$1" = reissue ] && { word=(reissue); shift; }
	printf '%s\n%s\n' "$PHRASE" "$PHRASE" |
		as "$VEMRE_BUILD/bin/enroll-voters" "${word[@]}" --config "$VEMRE_CONFIG" --election "$ELECTION" "$@"
}
serve() { as "$VEMRE_BUILD/bin/open-election" --config "$VEMRE_CONFIG" --election "$ELECTION" --reissue "$1" --out "$2"; }
probe() { # kind voter mailbox
	as node ceremony-scripts/voters.mjs --site "$SITE" --ca "$CA" --mailbox "$3" --sms "$PHONES" --roll "$WORK/roll.csv" \
		--probe "$1" --voter "$2"
}
vote() { # voter, from 1; the roll
	as node ceremony-scripts/voters.mjs --site "$SITE" --ca "$CA" --mailbox "$MAILBOX" --sms "$PHONES" --roll "${2:-$WORK/roll.csv}" \
		--skip $(($1 - 1)) --limit 1
}
said() { # status, words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status: $output"; return 1; }
}
line_of() { ls -t "$ELECTION"/enrolment/reissue-*.csv | head -n 1; }
mails() { as find "$MAILBOX/new" -type f | wc -l; }
credential_of() { # user name's credential in the database
	sql postgres "SELECT encode(credential, 'hex') FROM vemre.voter WHERE username = '$1'"
}

@test "before the opening: a lost mail is made anew, all files agreeing; a reissue is not yet" {
	local before; before=$(mails)
	[ "$before" -eq 8 ]
	as cp "$ELECTION/record/credentials.csv" "$WORK/credentials.before"
	as cp "$ELECTION/enrolment/server-load.csv" "$WORK/load.before"
	run enroll reissue SIM0000002
	said 5 "--renew"
	run enroll --renew SIM9999999 --definition "$ELECTION/definition.json"
	said 5 "no está en la lista nominal"
	run enroll --renew SIM0000002 --definition "$ELECTION/definition.json"
	said 0 "lleve otra vez al servidor"
	[ "$(diff "$WORK/credentials.before" "$ELECTION/record/credentials.csv" | grep -c '^[<>]')" -eq 2 ]
	[ "$(diff "$WORK/load.before" "$ELECTION/enrolment/server-load.csv" | grep -c '^[<>]')" -eq 2 ]
	LC_ALL=C sort -c "$ELECTION/record/credentials.csv"
	run enroll --renew SIM0000002 --definition "$ELECTION/definition.json"
	said 5 "todavía no se ha enviado"
	enroll --send --definition "$ELECTION/definition.json"
	for _ in $(seq 50); do [ "$(mails)" -eq 9 ] && break; sleep 0.1; done
	# two passwords, two mails that no mail program takes for one
	[ "$(as grep -hi '^Message-ID' -r "$MAILBOX/new" | sort -u | wc -l)" -eq 9 ]
}

@test "before the opening: a new address and telephone, by the roll's rules; only the voter's own lines change" {
	local before; before=$(mails)
	run enroll --renew SIM0000005 --email no-es-correo --definition "$ELECTION/definition.json"
	said 2 "no es una dirección de correo"
	run enroll --renew SIM0000005 --phone 5512345678 --definition "$ELECTION/definition.json"
	said 2 "la forma internacional"
	run enroll --renew SIM0000005 --email "$(sed -n 4p "$WORK/roll.csv" | cut -d, -f3 | tr a-z A-Z)" --definition "$ELECTION/definition.json"
	said 3 "otra persona"
	run enroll --send --email x@example.org --definition "$ELECTION/definition.json"
	said 2 "--email es de --renew"
	as cp "$ELECTION/enrolment/server-load.csv" "$WORK/load.before"
	run enroll --renew SIM0000005 --email quinta@nueva.example --phone +12135550555 --definition "$ELECTION/definition.json"
	said 0 "lleve otra vez al servidor"
	[ "$(diff "$WORK/load.before" "$ELECTION/enrolment/server-load.csv" | grep -c '^[<>]')" -eq 2 ]
	[ "$(diff "$WORK/load.before" "$ELECTION/enrolment/server-load.csv" | grep '^>' | cut -d, -f3)" = +12135550555 ]
	[ "$(cut -d, -f3 "$ELECTION/enrolment/server-load.csv" | grep -c 12135550555)" -eq 1 ]
	# once more while it waits: a second slip corrected, still one mail
	run enroll --renew SIM0000005 --email quinta@buena.example --definition "$ELECTION/definition.json"
	said 0 "lleve otra vez al servidor"
	enroll --send --definition "$ELECTION/definition.json"
	for _ in $(seq 50); do [ "$(mails)" -gt "$before" ] && break; sleep 0.1; done
	[ "$(mails)" -eq $((before + 1)) ]
	[ "$(as grep -rl '^Envelope-to: quinta@buena.example' "$MAILBOX/new" | wc -l)" -eq 1 ]
	[ -z "$(as grep -rl 'nueva.example' "$MAILBOX/new")" ]
	# the journal tells that, and not what
	grep 'renewed' "$ELECTION/journal/enroll-voters.jsonl" | tail -n 1 | grep -q '"email_corrected":true,"phone_corrected":false'
	[ -z "$(grep -E 'buena.example|5550555' "$ELECTION/journal/enroll-voters.jsonl")" ]
}

@test "a renewal cut short is finished or taken away" {
	local folder=$ELECTION/enrolment
	as cp "$folder/spool" "$folder/spool.new"
	as cp "$ELECTION/record/credentials.csv" "$WORK/keep"
	as sh -c "sed '1s/^/x/' '$WORK/keep' > '$folder/credentials.csv.new'; cp '$folder/server-load.csv' '$folder/server-load.csv.new'"
	enroll --send --definition "$ELECTION/definition.json"
	[ ! -e "$folder/credentials.csv.new" ] && [ ! -e "$folder/spool.new" ] && [ ! -e "$folder/server-load.csv.new" ]
	cmp "$WORK/keep" "$ELECTION/record/credentials.csv"
	# cut after the spool was put in place: the other two follow
	as cp "$ELECTION/record/credentials.csv" "$folder/credentials.csv.new"
	as sh -c "sed '\$d' '$WORK/keep' > '$ELECTION/record/credentials.csv'"
	enroll --send --definition "$ELECTION/definition.json"
	cmp "$WORK/keep" "$ELECTION/record/credentials.csv"
}

@test "the opening, and the renewed password is the one that opens" {
	voting_server_open
	. "$WORK/web/web.env"; SITE=$WEB_SITE CA=$WEB_CA
	run enroll --renew SIM0000003 --definition "$ELECTION/definition.json"
	said 5 "enroll-voters reissue"
	while [ "$(sql postgres 'SELECT now() < opens FROM vemre.election')" = t ]; do sleep 1; done
	run vote 2
	said 0 "Votos con acuse: 1"
}

@test "a signed line: the same until it is acknowledged; a wrong one is refused by the server" {
	run enroll reissue SIM0000001
	said 0 "SHA-256"
	local line; line=$(line_of)
	cp "$line" "$WORK/line.csv"; chmod 644 "$WORK/line.csv"
	run enroll reissue SIM0000001
	said 0 "es la misma línea"
	[ "$(ls "$ELECTION"/enrolment/reissue-*.csv | wc -l)" -eq 1 ]
	sed 's/0$/1/;t;s/.$/0/' "$WORK/line.csv" | as tee "$WORK/bad.csv" > /dev/null
	run serve "$WORK/bad.csv" "$WORK/bad.json"
	said 3 "la firma no es de la oficina de registro"
	# old and new of somebody else, signature kept
	awk -F, -v OFS=, '{ print $2, $1, $3 }' "$WORK/line.csv" | as tee "$WORK/bad.csv" > /dev/null
	run serve "$WORK/bad.csv" "$WORK/bad.json"
	said 3 "la firma no es de la oficina de registro"
	[ ! -e "$WORK/bad.json" ] && [ "$(sql postgres 'SELECT count(*) FROM vemre.reissue')" = 0 ]
}

@test "the server's transaction: phone and right move, the old session ends; only then the spare is mailed" {
	local before line old spare phone
	before=$(mails); line=$(line_of)
	old=$(cut -d, -f1 "$line"); spare=$(cut -d, -f2 "$line")
	phone=$(sql postgres "SELECT phone FROM vemre.voter WHERE credential = decode('$old', 'hex')")
	as cp -r "$MAILBOX" "$WORK/mailbox.before"
	# a session of the old credential, as if the mail had been stolen
	sql postgres "INSERT INTO vemre.session SELECT sha256('x'), username, 'in', now() + interval '1 hour' FROM vemre.voter WHERE credential = decode('$old', 'hex')"
	run enroll reissue --acknowledge "$WORK/line.csv"
	[ "$status" -ne 0 ] && [ "$(mails)" -eq "$before" ]
	run serve "$line" "$WORK/ack.json"
	said 0 "la anterior ya no sirve"
	[ "$(sql postgres "SELECT phone, active, spare FROM vemre.voter WHERE credential = decode('$spare', 'hex')")" = "$phone|t|t" ]
	[ "$(sql postgres "SELECT phone IS NULL, active FROM vemre.voter WHERE credential = decode('$old', 'hex')")" = "t|f" ]
	[ "$(sql postgres "SELECT count(*) FROM vemre.session")" = 0 ]
	run serve "$line" "$WORK/ack.json"
	said 0 "ya estaba repuesta"
	# acknowledgements that prove nothing
	sed "s/$spare/$old/" "$WORK/ack.json" | as tee "$WORK/bad.json" > /dev/null
	run enroll reissue --acknowledge "$WORK/bad.json"
	[ "$status" -eq 3 ]
	sed 's/"number": [0-9]*/"number": 1/' "$WORK/ack.json" | as tee "$WORK/bad.json" > /dev/null
	run enroll reissue --acknowledge "$WORK/bad.json"
	said 3 "no es de ninguna llave del sistema"
	[ "$(mails)" -eq "$before" ]
	# the voter's address is another one by now
	run enroll reissue --acknowledge "$WORK/ack.json" --email primera@nueva.example
	said 0 "enviado a primera@nueva.example"
	for _ in $(seq 50); do [ "$(mails)" -eq $((before + 1)) ] && break; sleep 0.1; done
	[ "$(mails)" -eq $((before + 1)) ]
	[ "$(as grep -rl '^Envelope-to: primera@nueva.example' "$MAILBOX/new" | wc -l)" -eq 1 ]
	grep -q address-corrected "$ELECTION/journal/enroll-voters.jsonl"
	run enroll reissue --acknowledge "$WORK/ack.json"
	said 5 "ya se envió"
}

@test "the old password is refused, the spare votes" {
	run probe replaced 1 "$WORK/mailbox.before"
	said 0 '"code":"bad-login"'
	sed '2s/,[^,]*@[^,]*,/,primera@nueva.example,/' "$WORK/roll.csv" | as tee "$WORK/roll.new.csv" > /dev/null
	run vote 1 "$WORK/roll.new.csv"
	said 0 "Votos con acuse: 1"
}

@test "a voter whose ballot is in the box gets none; a replaced credential is replaced no further" {
	run enroll reissue SIM0000002
	run serve "$(line_of)" "$WORK/no.json"
	said 6 "hay un voto en la urna"
	# the same old credential twice: signed by the registrar, refused by the database
	[ "$(sql vemre_admin "SELECT o_outcome FROM vemre.reissue(decode('$(cut -d, -f1 "$WORK/line.csv")', 'hex'),
		(SELECT credential FROM (SELECT decode(x, 'hex') AS credential FROM (VALUES ('$(grep ',s$' "$ELECTION/record/credentials.csv" | tail -n 1 | cut -d, -f2)')) v(x)) y), '\\x3006020101020101')")" = old-not-active ]
	[ ! -e "$WORK/no.json" ]
}

@test "no entidad's spare serves another's; spares end" {
	local other
	other=$(sql postgres "SELECT encode(s.credential, 'hex') || ' ' || encode(v.credential, 'hex') FROM vemre.voter s, vemre.voter v
		WHERE s.spare AND NOT s.active AND v.active AND NOT v.spare AND v.district <> s.district
		AND NOT EXISTS (SELECT FROM vemre.ballot b WHERE b.credential = v.credential) LIMIT 1")
	[ "$(sql vemre_admin "SELECT o_outcome FROM vemre.reissue('\\x${other#* }', '\\x${other% *}', '\\x3006020101020101')")" = other-district ]
	# one spare per entidad here: 09's went to the first voter (SIM…1, SIM…4 and SIM…7 are of 09)
	run enroll reissue SIM0000004
	said 6 "ya no quedan credenciales de reserva"
}

@test "after the closing: none; the record has the line, signed, and its seal" {
	while [ "$(sql postgres 'SELECT now() < closes FROM vemre.election')" = t ]; do sleep 1; done
	run enroll reissue SIM0000003
	said 5 "la votación cerró"
	run serve "$WORK/line.csv" "$WORK/late.json"
	said 5 "ya cerró"
	as "$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION"
	cmp "$WORK/line.csv" "$ELECTION/record/reissues.csv"
	# both journals tell it, and hold
	grep -q '"event" *: *"reissued"' "$ELECTION/journal/server.jsonl"
	grep -q 'reissue-acknowledged' "$ELECTION/journal/enroll-voters.jsonl"
	[ -z "$(grep -F "$(sed -n 2p "$WORK/roll.csv" | cut -d, -f2)" "$ELECTION/journal/enroll-voters.jsonl")" ]
	# the readers of the record accept them
	run as "$VEMRE_BUILD/bin/verify-election" "$ELECTION/record"
	[[ $output == *"[se cumple] reposiciones de credenciales, firmadas por el registro (1)"* ]] || { echo "$output"; return 1; }
	[[ $output == *"[se cumple] boletas: pruebas, firma y derecho a votar de cada una (2)"* ]]
	as cp -r "$ELECTION/record" "$WORK/bad"
	as sed -i 's/0$/1/;t;s/.$/0/' "$WORK/bad/reissues.csv"
	run as "$VEMRE_BUILD/bin/verify-election" "$WORK/bad"
	[ "$status" -eq 3 ]
}
