#!/usr/bin/env bats
# The session of decryption and count on real SoftHSM tokens (numerals 28 to 41): in order, interrupted, tampered with,
# challenged, archived. BUILD: what was built (default build). VEMRE_KILLS: at how many moments it is killed (4).

setup_file() {
	export ROOT BUILD T
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
	T=$BATS_FILE_TMPDIR
	for p in bin/tally bin/verify-election bin/archive-election tools/quick-keys tools/load-box; do
		[ -x "$BUILD/$p" ] || { echo "falta $BUILD/$p: make programs test-tools" >&2; return 1; }
	done
	. "$BATS_TEST_DIRNAME/tally-site.bash"
	venue "$T/base" mx-2024 >&2
	box "$T/base" --number 60 >&2
	cp -a "$T/base" "$T/whole"
	export WHOLE=0 TOOK
	TOOK=$(date +%s%3N)
	tally_session "$T/whole" "$T/whole/log" || WHOLE=$?
	TOOK=$(($(date +%s%3N) - TOOK)) # milliseconds
}

setup() { . "$BATS_TEST_DIRNAME/tally-site.bash"; }

box() { # venue options…
	local at=$1; shift
	BUILD=$BUILD "$ROOT/test/load/make-box" "$at/keys.json" "$at/election/record" "$@"
}
fresh() { # name: a copy of the venue before its session
	rm -rf "${T:?}/$1"
	cp -a "$T/base" "$T/$1"
}
said() { # status words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status: $output"; return 1; }
}
session() { # name [arguments]: run's status and output
	local at=$T/$1; shift
	status=0
	tally_session "$at" "$at/log" "$@" || status=$?
	output=$(cat "$at/log")
}
verifies() { "$BUILD/bin/verify-election" "$T/$1/election/record"; }
opened_nothing() { # name
	local r=$T/$1/election/record
	[ ! -e "$r/decrypted-votes.csv" ] && [ ! -e "$r/results.json" ] && ! ls "$r"/lists/*/decryption 2>/dev/null
}

@test "a whole session: acts, results as JSON and CSV, a record that verifies" {
	[ "$WHOLE" = 0 ] || { cat "$T/whole/log"; return 1; }
	run verifies whole
	said 0 "se cumple en todo"
	cd "$T/whole/election/documents"
	for f in acta-presidencia acta-jefatura-cdmx acta-senadurias.09 acta-senadurias.14 acta-senadurias.21 acta-sorteo; do
		pdftotext -layout $f.pdf - | grep -q SIMULACRO
	done
	pdftotext -layout acta-presidencia.pdf - | grep -Eq 'Total de votos +60 +SESENTA'
	grep -qx 'presidencia,presidencia,,total,,60' results.csv
	[ "$(awk -F, '$1=="presidencia" && $4=="candidate" {n+=$6} $1=="presidencia" && $4 ~ /^(unregistered|null|malformed)$/ {n+=$6} END {print n}' results.csv)" = 60 ]
}

@test "no password, share or PIN in journal, documents or output" {
	run grep -rl 'clave-larga' "$T/whole/election" "$T/whole/log"
	[ "$status" = 1 ]
}

@test "documents are in Spanish whatever the terminal's language" {
	fresh english
	LANGUAGE=en session english
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	pdftotext -layout "$T/english/election/documents/acta-presidencia.pdf" - | grep -q 'Se leyó la tarjeta'
}

@test "a second session is refused; the lottery is recomputed by anyone" {
	# Bound before a number was said, and told what it held after the last.
	local bound held; bound=$(jq -r .commitment "$T/whole/election/documents/lottery.json") held=$(jq -r .entropy "$T/whole/election/documents/lottery.json")
	[ "$(grep -oE "$bound|$held|Número dicho" "$T/whole/log" | uniq | paste -sd' ')" = "$bound Número dicho $held" ]
	session whole
	said 5 "el cómputo ya se hizo"
	run "$BUILD/bin/verify-election" --lottery "$T/whole/election/documents/lottery.json" "$T/whole/election/record"
	said 0 "el sorteo se cumple"
	sed 's/"2027"/"2028"/' "$T/whole/election/documents/lottery.json" >"$T/lottery.json"
	run "$BUILD/bin/verify-election" --lottery "$T/lottery.json" "$T/whole/election/record"
	said 3 "no es el que dan"
}

@test "not before the definition's moment" {
	venue "$T/early" mx-2024
	sed 's/"tally_not_before": "[^"]*"/"tally_not_before": "2090-06-02T18:00:00-06:00"/' "$ROOT/test/elections/mx-2024.json" >"$T/early.json"
	"$BUILD/tools/load-box" --keys "$T/early/keys.json" --definition "$T/early.json" --votes "$ROOT/test/load/mx-2024-votes.json" \
		--out "$T/early/election/record" --number 12
	session early
	said 5 "no puede empezar antes del"
	opened_nothing early
}

@test "too few members, a clock that is not confirmed: nothing is opened" {
	fresh few
	printf 'integrantes ausentes [^:]*:\t1 2 3\n' >"$T/rules"
	RULES=$T/rules session few
	said 6 "hay 2 integrantes y se necesitan 3"
	opened_nothing few
	fresh clock
	printf '¿Es la hora\\? \\[s/n\\]\tn\n' >"$T/rules"
	RULES=$T/rules session clock
	said 6 "el Fedatario no confirma el reloj"
	opened_nothing clock
}

@test "a bit of the box changed before the session, or a seal of others: nothing is opened" {
	fresh bit
	change_byte "$T/bit/election/record/encrypted-votes.box" 5000
	session bit
	said 3 "no se abre nada"
	opened_nothing bit
	fresh seal
	sed -i 's/"ballots": 60/"ballots": 61/' "$T/seal/election/record/seal.json"
	session seal
	said 3 "no se abre nada"
	opened_nothing seal
}

@test "the box changed between its check and the cards: the vault is closed again, nothing is opened" {
	fresh late
	printf 'contraseña de la tarjeta (\\d+):\t!printf X >>%s; echo clave-larga-$1\n' "$T/late/election/record/encrypted-votes.box" >"$T/rules"
	RULES=$T/rules session late
	said 3 "la urna cambió en el disco"
	opened_nothing late
}

@test "an observer's mix is checked and used; one that does not hold stops the session" {
	fresh mixed
	"$BUILD/bin/mix-election" "$T/mixed/election/record"
	cp -a "$T/mixed" "$T/badmix"
	session mixed
	said 0 "1 mezclas comprobadas y 1 hechas aquí"
	run verifies mixed
	said 0 "se cumple en todo"
	change_byte "$T/badmix/election/record/lists/presidencia/1.proof" 900
	session badmix
	[ "$status" = 3 ] || { echo "$output"; return 1; }
	opened_nothing badmix
}

@test "draw: stops after the lottery; the session goes on with the same one" {
	fresh draw
	session draw draw
	said 0 "Salió sorteada"
	opened_nothing draw
	cp "$T/draw/election/documents/lottery.json" "$T/drawn.json"
	session draw
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	cmp "$T/drawn.json" "$T/draw/election/documents/lottery.json"
	run verifies draw
	said 0 "se cumple en todo"
}

@test "a drawn card that fails: the next drawn takes its place, on the record" {
	fresh substitute
	session substitute draw
	local first; first=$(jq '.order[0]' "$T/substitute/election/documents/lottery.json")
	local next; next=$(jq '.order[3]' "$T/substitute/election/documents/lottery.json")
	# Three wrong passwords, then the card is dropped; at the end it is erased with the right one.
	printf 'contraseña de la tarjeta %s:\tmala-clave-1\tmala-clave-2\tmala-clave-3\tclave-larga-%s\n' "$first" "$first" >"$T/rules"
	printf '¿Qué se hace...Intro: otra vez[^]]*.\ts\n' >>"$T/rules"
	RULES=$T/rules session substitute
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	[[ $output == *"Se leyó la tarjeta $next de"*"suplente según el orden del sorteo"* ]]
	pdftotext "$T/substitute/election/documents/acta-presidencia.pdf" - | tr '\n' ' ' | grep -q 'suplente según el orden del sorteo'
}

@test "killed at any moment and run again: the same results, nothing proved is lost, one lottery" {
	local n=${VEMRE_KILLS:-4} i took=$TOOK at
	for ((i = 1; i <= n; i++)); do
		fresh kill
		at=$(((RANDOM % (took - 100)) + 100))
		KILL_AFTER=$(printf '%d.%03d' $((at / 1000)) $((at % 1000))) session kill
		echo "moment $i: ${at} ms: status $status" >&3
		(cd "$T/kill/election" && { find record/lists -name '*.proof' -o -name decryption -o -name '[1-9]*.list'; ls documents/* record/*.csv record/*.json; } 2>/dev/null |
			grep -v part- | sort | while read -r f; do [ -s "${f%.list}.proof" ] || [[ $f != *.list ]] && sha256sum "$f"; done) >"$T/before" || true
		grep -v 'results.csv' "$T/before" | grep -v -E 'lists/.*/[0-9]+\.proof$' >"$T/kept" || true
		# A proof whose list is there too was finished; it must stay.
		grep -E '/[0-9]+\.proof$' "$T/before" | while read -r h f; do [ -s "$T/kill/election/${f%.proof}.list" ] && echo "$h  $f"; done >>"$T/kept" || true
		session kill
		[ "$status" = 0 ] || [[ $status = 5 && $output == *"ya se hizo"* ]] || { echo "after $at ms: $output"; return 1; }
		(cd "$T/kill/election" && sha256sum --quiet -c "$T/kept") || { echo "after $at ms: something was made anew"; return 1; }
		cmp "$T/whole/election/record/results.json" "$T/kill/election/record/results.json"
		verifies kill >/dev/null
		[ "$(grep -c '"event":"lottery-commitment"' "$T/kill/election/journal/tally.jsonl")" -le 2 ]
	done
}

@test "challenge: answered with the vault open, judged by the observer, on the record" {
	command -v node >/dev/null || skip "no node here"
	venue "$T/odd" mx-2024
	(cd "$ROOT" && node test/tools/make-box.mjs --keys "$T/odd/keys.json" --definition test/elections/mx-2024.json --out "$T/odd/election/record" --voters 6 --odd --seed retos)
	local r=$T/odd/election/record v=$BUILD/bin/verify-election
	cat >"$T/observer" <<-SH
		cd "$T"
		line=\$(grep -n '' "$r/decrypted-votes.csv" | grep ',mismatch,' | sed -n "\${1}p" | cut -d: -f2-)
		[ -n "\$line" ] || exit 0
		list=\${line%%,*}; rest=\${line#*,}; idx=\${rest%%,*}
		[ -e "reto\$1/request.json" ] || { "$v" --challenge "\$list,\$idx" --in "reto\$1" "$r" >&2; echo "$T/reto\$1/request.json"; exit; }
		"$v" --challenge "\$list,\$idx" --in "reto\$1" --observer "Observadora \$1" "$r" >&2 && echo "$T/reto\$1/reveal.json"
	SH
	printf 'Archivo de un reto [^:]*:\t!bash %s/observer 1 2>>%s/observer.log\t!bash %s/observer 1 2>>%s/observer.log\t\n' "$T" "$T" "$T" "$T" >"$T/rules"
	RULES=$T/rules session odd
	[ "$status" = 0 ] || { echo "$output"; cat "$T/observer.log"; return 1; }
	[ -s "$T/reto1/answer.json" ] && [ -s "$T/reto1/reveal.json" ] || { cat "$T/observer.log"; return 1; }
	[ "$(jq '.challenges | length' "$r/challenges.json")" = 1 ]
	run "$v" "$r"
	[[ $output == *"retados con éxito 1"* ]] || { echo "$output"; return 1; }
	# A false answer is seen by the observer and gives nothing to hand in.
	rm "$T/reto1/reveal.json"
	sed -i 's/"answer": "../"answer": "00/' "$T/reto1/answer.json"
	run "$v" --challenge "$(jq -r '.list' "$T/reto1/request.json"),$(jq -r '.idx' "$T/reto1/request.json")" --in "$T/reto1" --observer X "$r"
	said 3 "NO se cumple"
	[ ! -e "$T/reto1/reveal.json" ]
	# A vote that is no mismatch is not challenged.
	run "$v" --challenge "$(grep ',valid,' "$r/decrypted-votes.csv" | head -n 1 | cut -d, -f1,2)" --in "$T/reto9" "$r"
	said 6 "no es un voto no coincidente"
}

@test "challenge after the session: the same members open the vault again, each card and the vault in the journal" {
	command -v node >/dev/null || skip "no node here"
	venue "$T/later" mx-2024
	jq '.after_tally = "keep"' "$ROOT/test/elections/mx-2024.json" >"$T/keep.json"
	local r=$T/later/election/record v=$BUILD/bin/verify-election j=$T/later/election/journal/tally.jsonl had vote order
	(cd "$ROOT" && node test/tools/make-box.mjs --keys "$T/later/keys.json" --definition "$T/keep.json" --out "$r" --voters 6 --odd --seed luego)
	session later challenge
	said 5 "cuando todos los votos se han abierto"
	session later
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	run "$v" "$r"
	[ "$status" = 7 ] || { echo "$output"; return 1; }
	had=$(wc -l <"$j")
	vote=$(grep ',mismatch,' "$r/decrypted-votes.csv" | head -n 1 | cut -d, -f1,2)
	"$v" --challenge "$vote" --in "$T/luego" "$r"
	cat >"$T/observer-later" <<-SH
		"$v" --challenge "$vote" --in "$T/luego" --observer "Observador" "$r" >&2 && echo "$T/luego/reveal.json"
	SH
	printf 'Archivo de un reto [^:]*:\t%s/luego/request.json\t!bash %s/observer-later 2>>%s/observer-later.log\t\n' "$T" "$T" "$T" >"$T/rules"
	RULES=$T/rules session later challenge
	[ "$status" = 0 ] || { echo "$output"; cat "$T/observer-later.log"; return 1; }
	[ "$(jq '.challenges | length' "$r/challenges.json")" = 1 ]
	run "$v" "$r"
	[[ $output == *"retados con éxito 1"* ]] || { echo "$output"; return 1; }
	# Only those drawn, and all of it on the record.
	order=$(jq -c '.order[:3] | sort' "$T/later/election/documents/lottery.json")
	[ "$(tail -n +$((had + 1)) "$j" | jq -c 'select(.event == "card" and .detail.event == "read") | .detail.card' | jq -sc sort)" = "$order" ]
	[ "$(tail -n +$((had + 1)) "$j" | jq -r '.event' | grep -E '^(vault|challenge)' | tr '\n' ' ')" = "vault-opened challenge-answered challenge-recorded vault-closed " ]
}

@test "archive: envelopes, inventory, acta circunstanciada with the index, a tar with the same bytes twice; --check" {
	cp -a "$T/whole" "$T/archive"
	archive_session "$T/archive" "$T/archive/alog" || { cat "$T/archive/alog"; return 1; }
	cd "$T/archive/election"
	pdftotext -layout archive/acta-circunstanciada.pdf - >"$T/act.txt"
	grep -q 'Índice de numerales' "$T/act.txt"
	grep -Eq '^ *30 +Sorteo +MX-2024/AS/01/' "$T/act.txt"
	grep -q 'S-005' "$T/act.txt"
	pdftotext -layout archive/inventario-custodia.pdf - | grep -q 'S-003 .*Cecilia'
	sha256sum --quiet -c archive/SHA256SUMS archive/SHA256SUMS-resguardo
	run "$BUILD/bin/archive-election" --check --election .
	said 0 "0 cambiados, 0 que faltan, 0 que sobran"
	tar -xf mx-2024.tar -C "$T" && cmp "$T/mx-2024/record/results.json" record/results.json
	[ "$(tar -tvf mx-2024.tar | awk '{print $1, $2, $4, $5}' | sort -u | wc -l)" = 1 ]
	[ "$(tar -tf mx-2024.tar | LC_ALL=C sort -c 2>&1)" = "" ]
	printf ' ' >>archive/LEAME.txt
	rm documents/results.csv
	: >journal/otro.txt
	run "$BUILD/bin/archive-election" --check --election .
	said 3 "cambió: archive/LEAME.txt"
	said 3 "falta: documents/results.csv"
	said 3 "sobra: journal/otro.txt"
}

@test "archive: not before the tally has ended" {
	fresh soon
	run "$BUILD/bin/archive-election" --session --election "$T/soon/election"
	said 5 "la sesión de cómputo no ha terminado"
}

@test "the standing case: 184,376 presidential votes of 2024, mixed twice, opened, counted, verified" {
	[ -n "${VEMRE_ALL:-}" ] || skip "some minutes of two cores: ./test/run --all"
	venue "$T/standing" mx-2024
	box "$T/standing" --only yes
	SESSION_LIMIT=7200 session standing
	[ "$status" = 0 ] || { tail -n 30 "$T/standing/log"; return 1; }
	run jq -c '.lists[0] | [.total, .candidates.sheinbaum, .candidates.galvez, .candidates.alvarez, .null, .unregistered]' "$T/standing/election/record/results.json"
	said 0 '[184376,91522,86558,4434,1170,692]'
	pdftotext -layout "$T/standing/election/documents/acta-presidencia.pdf" - | grep -Eq 'Total de votos +184,376'
	run verifies standing
	said 0 "se cumple en todo"
	rm -rf "$T/standing"
}
