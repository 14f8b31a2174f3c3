# A venue for tests of the tally: settings, vault, five cards (three open), a record up to the closing, and a session
# led by a script. Sourced. Needs ROOT and BUILD (absolute).

venue() { # folder definition-id
	mkdir -p "$1/election/record"
	cat >"$1/vemre.conf" <<-CONF
		hsm: { vault_store = "vault"; system_store = "system"; spare_store = "spare"; };
		cards: { reader = "reader"; max_cards = 7; wait_seconds = 20; };
		signer: { socket = "signer.sock"; pin_file = "pin"; };
	CONF
	"$ROOT/ceremony-scripts/card" new "$1/cards" 5
	"$BUILD/tools/quick-keys" --config "$1/vemre.conf" --election "$2" --cards "$1/cards" --out "$1/keys.json"
}

# The people of the room: attendance, clock, lottery; then each holder's password as the tool asks for the card.
opening_answers() { printf '%s\n' 'Ciudad de México' 'Lic. Catalina Tamayo Vera' 'Adela Ramos Quiñones' 'Bruno Salas Iturbide' '' s; }
lottery_answers() { printf '%s\n' 7 13 2027 ''; }
holders() { # log process
	local line
	tail -n +1 -s 0.05 -f --pid="$2" "$1" 2>/dev/null | while IFS= read -r line; do
		[[ $line =~ Inserte\ la\ tarjeta\ ([0-9]+) ]] && printf 'clave-larga-%s\n' "${BASH_REMATCH[1]}"
	done
}

# tally_session FOLDER LOG [tally's arguments]: a whole session; its status. KILL_AFTER: seconds, then kill -9.
tally_session() {
	local at=$1 log=$2 rc; shift 2
	rm -f "$at/answers" "$log.end" "$at/reader"
	: >"$log"
	mkfifo "$at/answers"
	"$ROOT/ceremony-scripts/card" hands "$at/reader" "$at/cards" "$log" 3>&- & local hands=$!
	"$BUILD/bin/tally" --config "$at/vemre.conf" --election "$at/election" "$@" <"$at/answers" >>"$log" 2>&1 3>&- & local tally=$!
	{
		opening_answers
		[ -s "$at/election/documents/lottery.json" ] || lottery_answers
		holders "$log" "$tally"
	} >"$at/answers" 2>/dev/null 3>&- & local people=$!
	[ -z "${KILL_AFTER:-}" ] || { sleep "$KILL_AFTER"; kill -9 "$tally" 2>/dev/null; }
	wait "$tally" 2>/dev/null; rc=$?
	touch "$log.end"
	wait "$hands" "$people" 2>/dev/null
	return "$rc"
}
