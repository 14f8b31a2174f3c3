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

# What the people of the room answer (ceremony-scripts/room).
room_rules() {
	cat <<-'RULES'
	Lugar de la sesión:	Ciudad de México
	Nombre del Fedatario:	Lic. Catalina Tamayo Vera
	Nombre del Administrador del HSM:	Adela Ramos Quiñones
	Nombre del Coordinador:	Bruno Salas Iturbide
	integrantes ausentes [^:]*:	
	¿Es la hora\? \(s/n\)	s
	Número dicho en voz alta [^:]*:	7	13	2027	
	contraseña de la tarjeta (\d+):	clave-larga-$1
	iniciales y observaciones( para reanudar)?( \[[^\]]*\])?:	CTV
	\[s/n\]	s
	Archivo de un reto [^:]*:	
	¿Qué se hace\? \[Intro: repetirlo[^\]]*\]	abandonar
	¿Qué se hace\? \[Intro: otra vez[^\]]*\]	x
	RULES
}

# archive_session FOLDER LOG: the session of safekeeping; its status.
archive_session() {
	local at=$1 log=$2 rc
	rm -f "$at/answers"
	: >"$log"
	mkfifo "$at/answers"
	"$BUILD/bin/archive-election" --session --election "$at/election" <"$at/answers" >>"$log" 2>&1 3>&- & local tool=$!
	{
		printf 'Número del sobre de [^:]*:\tS-001\tS-002\tS-003\tS-004\tS-005\n'
		printf 'Disco duro [^:]*:\tSeagate ST1000, serie Z1D2E3F4\nOtros medios [^:]*:\t\n'
		room_rules
	} | "$ROOT/ceremony-scripts/room" "$log" "$tool" >"$at/answers" 2>/dev/null 3>&- & local people=$!
	wait "$tool"; rc=$?
	wait "$people" 2>/dev/null
	return "$rc"
}

# tally_session FOLDER LOG [tally's arguments]: a whole session; its status. KILL_AFTER: seconds, then kill -9. RULES: a
# file of answers that come before the usual ones.
tally_session() {
	local at=$1 log=$2 rc; shift 2
	rm -f "$at/answers" "$log.end" "$at/reader"
	: >"$log"
	mkfifo "$at/answers"
	"$ROOT/ceremony-scripts/card" hands "$at/reader" "$at/cards" "$log" 3>&- & local hands=$!
	"$BUILD/bin/tally" --config "$at/vemre.conf" --election "$at/election" "$@" <"$at/answers" >>"$log" 2>&1 3>&- & local tally=$!
	{ [ -z "${RULES:-}" ] || cat "$RULES"; room_rules; } | "$ROOT/ceremony-scripts/room" "$log" "$tally" >"$at/answers" 2>/dev/null 3>&- & local people=$!
	(sleep "${SESSION_LIMIT:-300}"; kill "$tally") >/dev/null 2>&1 3>&- & local watchdog=$!
	[ -z "${KILL_AFTER:-}" ] || { sleep "$KILL_AFTER"; kill -9 "$tally" 2>/dev/null; }
	wait "$tally" 2>/dev/null; rc=$?
	kill "$watchdog" 2>/dev/null
	touch "$log.end"
	wait "$hands" "$people" 2>/dev/null
	return "$rc"
}
