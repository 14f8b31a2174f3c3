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
	"$BUILD/tools/quick-keys" --config "$1/vemre.conf" --election "$2" --cards "$1/cards" --out "$1/keys.json" --secrets "$1/secrets"
}

# What the people of the room answer (ceremony-scripts/room), in either language.
room_rules() {
	cat <<-'RULES'
	(?:Lugar de la sesión|Place of the session):	Ciudad de México
	(?:Nombre del Fedatario|Name of the notary):	Lic. Catalina Tamayo Vera
	(?:Nombre del Administrador del HSM|Name of the HSM administrator):	Adela Ramos Quiñones
	(?:Nombre del Coordinador|Name of the coordinator):	Bruno Salas Iturbide
	(?:integrantes ausentes|absent members) [^:]*:	
	(?:en voz alta|said aloud) [^:]*:	7	13	2027	
	(?:contraseña de la tarjeta|password of card) (\d+):	clave-larga-$1
	(?:iniciales y observaciones|initials and remarks)[^:\[]*(?: \[[^\]]*\])?:	CTV
	\[[sy]/n\]	s
	(?:Archivo de un reto|File of a challenge) [^:]*:	
	(?:¿Qué se hace\?|What is to be done\?) \[(?:Intro: repetirlo|Enter: repeat it)[^\]]*\]	abandonar
	(?:¿Qué se hace\?|What is to be done\?) \[(?:Intro: otra vez|Enter: try again)[^\]]*\]	x
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
# file of answers that come before the usual ones. WATCH: a command (words) that runs the tally in its place.
tally_session() {
	local at=$1 log=$2 rc; shift 2
	rm -f "$at/answers" "$log.end" "$at/reader"
	: >"$log"
	mkfifo "$at/answers"
	"$ROOT/ceremony-scripts/card" hands "$at/reader" "$at/cards" "$log" 3>&- & local hands=$!
	# shellcheck disable=SC2086
	${WATCH:-} "$BUILD/bin/tally" --config "$at/vemre.conf" --election "$at/election" "$@" <"$at/answers" >>"$log" 2>&1 3>&- & local tally=$!
	{ [ -z "${RULES:-}" ] || cat "$RULES"; room_rules; } | "$ROOT/ceremony-scripts/room" "$log" "$tally" >"$at/answers" 2>/dev/null 3>&- & local people=$!
	# One process, so that nothing outlives the test that it watches.
	perl -e 'sleep shift; kill "TERM", shift' "${SESSION_LIMIT:-300}" "$tally" >/dev/null 2>&1 3>&- & local watchdog=$!
	[ -z "${KILL_AFTER:-}" ] || { sleep "$KILL_AFTER"; kill -9 "$tally" 2>/dev/null; }
	wait "$tally" 2>/dev/null; rc=$?
	kill "$watchdog" 2>/dev/null
	touch "$log.end"
	wait "$hands" "$people" 2>/dev/null
	return "$rc"
}

# A byte of a file becomes another one, whatever it was.
change_byte() { # file offset
	local byte; byte=$(od -An -tu1 -j"$2" -N1 "$1")
	printf "\\x$(printf %02x $(((byte + 1) % 256)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
