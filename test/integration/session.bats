#!/usr/bin/env bats
# Whole key sessions at a real terminal, by the guided script: with 5 members and with 12, killed at random moments, every
# choice of cards at the tally. VEMRE_ALL=1: killed at twenty random moments instead of two.

setup_file() {
	export ROOT BUILD T NAMES VEMRE_PROGRAMS LC_ALL=C.UTF-8
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
	VEMRE_PROGRAMS=$BUILD/bin
	T=$BATS_FILE_TMPDIR
	unset NAMES
}

site() { # folder cards
	rm -rf "$1"
	mkdir -p "$1"
	cd "$1" || return
	cat >vemre.conf <<-CONF
		hsm: { vault_store = "vault"; system_store = "system"; spare_store = "spare"; };
		cards: { reader = "reader"; max_cards = 12; wait_seconds = ${3:-20}; };
	CONF
	cp "$ROOT/test/elections/simulacro.json" definition.json
	"$ROOT/ceremony-scripts/card" new cards "$2"
}

# The script at a terminal: log, ms before the kill (0: never), threshold, cards.
session() {
	"$ROOT/test/tools/people.exp" "$1" "$2" "$ROOT/ceremony-scripts/01-key-session" --config vemre.conf --election el \
		--definition definition.json --threshold "$3" --cards "$4"
}

open_with() { # order
	"$ROOT/test/tools/people.exp" open.log 0 "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --order "$1"
}

journal_holds() { # every line has the hash of the one before: by other means than ours
	local line before previous
	before=$(printf '' | sha256sum | cut -d' ' -f1)
	while IFS= read -r line; do
		previous=$(sed -nE 's/.*"previous": ?"([0-9a-f]{64})"\}$/\1/p' <<<"$line")
		# A line that a kill has cut has no end; the next one records it.
		[[ -z $previous || $previous == "$before" ]] || { echo "chain: $line" >&2; return 1; }
		before=$(printf %s "$line" | sha256sum | cut -d' ' -f1)
	done <"$1"
}

finished() { # what a session that ended well has left
	[[ $(ls -A el/record) == keys.json ]]
	grep -q "\"keys_sha256\": \"$(sha256sum el/record/keys.json | cut -d' ' -f1)\"" el/documents/keygen-session.json
	for f in acta-llaves transcripcion-llaves acuses-tarjetas hojas-contrasena sobres-tarjetas; do
		pdfinfo "el/documents/$f.pdf" >/dev/null
	done
	journal_holds el/journal/keygen-ceremony.jsonl
	[[ $(tail -n 1 el/journal/keygen-ceremony.jsonl) == *'"event":"session-ended"'* ]]
}

@test "a whole session with 5 members at a terminal: no password is ever shown or kept" {
	site "$T/five" 5
	session log 0 3 5
	finished
	grep -q 'Sobre la mesa' log
	grep -q 'Huellas (SHA-256)' log
	# 7 questions of step 4 and 7 had a password as answer; none was echoed.
	[[ $(grep -c 'contraseña' log) -ge 15 ]]
	! grep -q 'clave larga' log
	! grep -rq 'clave larga' el spare
	pdftotext -layout el/documents/acta-llaves.pdf - | grep -q 'Página 1 de\|Asistencia'
}

@test "the journal's chain is verified by a command, and any line that was touched is found" {
	cd "$T/five"
	local j=el/journal/keygen-ceremony.jsonl n lines
	lines=$(wc -l <$j)
	"$BUILD/bin/verify-election" --journal $j | grep -q "$lines líneas, encadenadas"
	# The line that the transcript has printed.
	n=$(pdftotext -layout el/documents/transcripcion-llaves.pdf - | sed -nE 's/.*hasta su línea ([0-9]+).*/\1/p')
	"$BUILD/bin/verify-election" --journal $j --line "$n" | grep -q "$(sed -n "${n}p" $j | tr -d '\n' | sha256sum | cut -d' ' -f1)"
	for ((n = 1; n <= lines; n++)); do
		# One letter of one line.
		sed "${n}s/\"event\":\"./\"event\":\"z/" $j >touched
		if [[ $n == "$lines" ]]; then
			# Of the last one only the printed hash tells.
			[[ $("$BUILD/bin/verify-election" --journal touched) != "$("$BUILD/bin/verify-election" --journal $j)" ]]
		else
			run "$BUILD/bin/verify-election" --journal touched
			[[ $status == 3 && $output == *'no encadena'* ]]
		fi
	done
	sed 7d $j >touched
	run "$BUILD/bin/verify-election" --journal touched
	[[ $status == 3 ]]
	head -n 9 $j >touched
	run "$BUILD/bin/verify-election" --journal touched --line 12
	[[ $status == 3 && $output == *'no tiene línea 12'* ]]
}

@test "every choice of three of the five cards opens the vault; so two may be lost" {
	cd "$T/five"
	for order in 1,2,3 1,2,4 1,2,5 1,3,4 1,3,5 1,4,5 2,3,4 2,3,5 2,4,5 3,4,5; do
		open_with "$order"
		grep -q "open with ${order//,/ }" open.log
		rm open.log
	done
}

@test "drawn cards that are lost give way to the next drawn, whichever two are missing" {
	# A reader that waits one second; nobody brings cards a and b.
	cd "$T/five"
	sed -i 's/wait_seconds = [0-9]*/wait_seconds = 1/' vemre.conf
	for a in 1 2 3 4; do
		for ((b = a + 1; b <= 5; b++)); do
			mkdir lost
			mv "cards/$a" "cards/$b" lost/
			LOST=s "$ROOT/test/tools/people.exp" open.log 0 "$BUILD/tools/open-cards" --config vemre.conf \
				--keys el/record/keys.json --order 1,2,3,4,5
			grep -q 'open with' open.log
			mv "lost/$a" "lost/$b" cards/
			rmdir lost
			rm open.log
		done
	done
	# Three missing: nobody opens it.
	mkdir lost
	mv cards/1 cards/2 cards/3 lost/
	run env LOST=s "$ROOT/test/tools/people.exp" open.log 0 "$BUILD/tools/open-cards" --config vemre.conf \
		--keys el/record/keys.json --order 1,2,3,4,5
	[[ $status == 6 ]]
	grep -q 'no quedan tarjetas bastantes' open.log
}

@test "a whole session with 12 members of long names, 7 to open" {
	NAMES='María de los Ángeles Guadalupe Fernández de Lizardi y Ruiz-Cabañas del Río|José Ñ. Xicoténcatl Netzahualcóyotl Cuauhtémoc Tlahuicole Moctezuma e Ixtlilxóchitl'
	for n in 3 4 5 6 7 8 9 10 11 12; do NAMES+="|Integrante número $n del Comité Electoral, de nombre y apellidos tan largos como el padrón los tiene"; done
	export NAMES
	site "$T/twelve" 12
	session log 0 7 12
	finished
	! grep -q 'clave larga' log
	grep -q '"subsets": 792' el/documents/keygen-session.json
	open_with 12,11,10,9,8,7,6
}

@test "Ctrl-C while a password is typed leaves the terminal its echo, and the session can be taken up" {
	site "$T/interrupt" 5
	"$ROOT/test/tools/interrupt.exp" log "$BUILD/bin/keygen-ceremony"
	rm -f reader
	session log 0 3 5
	grep -q 'se reanuda la sesión 1' log
	finished
}

@test "killed at each question: what K was needed for is made anew, the rest is not repeated" {
	local at anew
	for at in 'contraseña nueva de la tarjeta 3' 'paso 4,' 'paso 5,' 'paso 6,' ${VEMRE_ALL:+'paso 2,' 'paso 3,' 'paso 7,' 'contraseña de la tarjeta 4'}; do
		site "$T/at" 5
		run env KILL_AT="$at" "$ROOT/test/tools/people.exp" log 0 "$ROOT/ceremony-scripts/01-key-session" --config vemre.conf \
			--election el --definition definition.json
		[[ $status == 137 && ! -e el/record/keys.json ]]
		session second 0 3 5 || { tail -n 60 second; return 1; }
		finished
		open_with 2,4,5
		anew=$(grep -c 'Se borró la bóveda de la sesión que no terminó' second || true)
		case $at in
		*nueva* | 'paso 4,' | 'paso 5,') [[ $anew == 1 ]] ;;
		*) [[ $anew == 0 ]] ;;
		esac
		rm -f second
	done
}

@test "killed at random moments: taken up or made anew, and always the right end" {
	local kills=2 i ms status again=0
	[[ -z ${VEMRE_ALL:-} ]] || kills=20
	RANDOM=${SEED:-$$}
	for ((i = 1; i <= kills; i++)); do
		site "$T/killed" 5
		# Twice each, so that what was taken up is killed too. A whole session takes about five seconds.
		for _ in 1 2; do
			ms=$((RANDOM % 5000 + 30))
			echo "# $i: kill after $ms ms" >>"$T/kills"
			status=0
			session log "$ms" 3 5 || status=$?
			[[ $status == 0 || $status == 137 ]] || { tail -n 40 log; return 1; }
			[[ $status == 137 ]] || break
			# Not finished: no keys.json, unless all that belongs to it was there first.
			[[ ! -e el/record/keys.json ]] || pdfinfo el/documents/transcripcion-llaves.pdf >/dev/null
		done
		if [[ $status == 137 ]]; then
			again=$((again + 1))
			session log 0 3 5 || { tail -n 60 log; return 1; }
		fi
		finished
		open_with 5,3,1
		! grep -rq 'clave larga' log el spare
	done
	echo "# $kills sessions, $again of them killed and taken up" >&3
}
