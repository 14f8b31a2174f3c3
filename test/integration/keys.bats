#!/usr/bin/env bats
# The key session and the cards on a real SoftHSM: every fault answered in place, nothing looking finished that is not.
# Programs: BUILD (default build). A session runs with its answers given one by one, cards moved in between.

setup_file() {
	export ROOT BUILD T
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	BUILD=${BUILD:-build}
	[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
	T=$BATS_FILE_TMPDIR
	site "$T/otra" otra
	site "$T/main" prueba
	# Another election's cards, two of two.
	easy "$T/otra" 2 2 "$T/otra/el"
}

setup() { cd "$T/main"; }

teardown() { hang_up; }

# ---- a place with settings, blank cards and a definition of its own

site() { # folder id
	mkdir -p "$1"
	cat >"$1/vemre.conf" <<-CONF
		hsm: { vault_store = "vault"; system_store = "system"; spare_store = "spare"; };
		cards: { reader = "reader"; max_cards = 7; wait_seconds = 3; };
		signer: { socket = "signer.sock"; pin_file = "pin"; };
	CONF
	sed "0,/\"id\": \"simulacro\"/s//\"id\": \"$2\"/" "$ROOT/test/elections/simulacro.json" >"$1/definition.json"
	"$ROOT/ceremony-scripts/card" new "$1/cards" 7
}

people() { # cards: the table's hour, its confirmation, then the names
	printf '%s\n' s CF
	printf '%s\n' 'Ciudad de México' 'Adela Admin' 'Berta Coordinadora' 'Carlos Fedatario'
	for ((i = 1; i <= $1; i++)); do echo "Integrante $i"; done
}

# A session without faults: site, threshold, cards, election's folder.
easy() {
	local status=0
	(
		cd "$1"
		{
			people "$3"
			printf '%s\n' s CF s CF
			for ((i = 1; i <= $3; i++)); do printf '%s\n' "clave-larga-$i" "clave-larga-$i"; done
			printf '%s\n' CF CF CF
			for ((i = 1; i <= $3; i++)); do echo "clave-larga-$i"; done
			echo CF
		} >answers
		: >easy.log
		rm -f easy.log.end
		"$ROOT/ceremony-scripts/card" hands reader cards easy.log &
		"$BUILD/bin/keygen-ceremony" --config vemre.conf --election "$4" --definition definition.json \
			--threshold "$2" --cards "$3" <answers >>easy.log 2>&1 || status=$?
		touch easy.log.end
		wait
		exit $status
	)
}

# ---- a session led by hand

lead() { # command…: its input is fd 7, its output the file log
	rm -f in log
	mkfifo in
	: >log
	at=0
	"$@" <in >log 2>&1 3>&- &
	pid=$!
	exec 7>in
}

await() { # text: until it appears after what has been awaited so far
	local i rest
	for ((i = 0; i < 200; i++)); do
		rest=$(tail -c +$((at + 1)) log)
		if [[ $rest == *"$1"* ]]; then
			rest=${rest%%"$1"*}$1
			at=$((at + $(LC_ALL=C; printf %s "$rest" | wc -c)))
			return 0
		fi
		sleep 0.05
	done
	echo "«$1» did not come; the log:" >&2
	cat log >&2
	return 1
}

say() { printf '%s\n' "$@" >&7; }

insert() { "$ROOT/ceremony-scripts/card" insert reader "${1:-}"; }
remove() { rm -f reader; }

ended() { # status
	exec 7>&-
	local status=0
	wait "$pid" || status=$?
	pid=
	if [[ $status != "$1" ]]; then
		echo "exit status $status, not $1; the log:" >&2
		cat log >&2
		return 1
	fi
}

hang_up() {
	[[ -z ${pid:-} ]] || kill -9 "$pid" 2>/dev/null || true
	exec 7>&- || true
	remove
}

keygen() { lead "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json "$@"; }

begin() {
	people 5 >&7
	say s CF s CF
}

write_card() { # n
	await "Inserte la tarjeta $1"
	insert "cards/$1"
	await 'contraseña nueva'
	say "clave-larga-$1" "clave-larga-$1"
	await 'Retire la tarjeta'
	remove
}

no_keys() { [[ ! -e el/record/keys.json ]]; }

# ----

# A session of its own: nothing of an earlier one.
fresh() { rm -rf el vault spare; }

@test "nobody may be missing: the clock, no name, not present, no receipts" {
	fresh
	keygen
	say n
	await 'no confirma el reloj'
	ended 6
	keygen
	printf '%s\n' CF s CF 'Ciudad de México' 'Adela Admin' 'Berta Coordinadora' '' >&7
	await 'falta el Fedatario'
	ended 6
	# The table is confirmed: the session goes on with its second step.
	keygen
	say CF
	await 'Paso 1, «La mesa y la terminal»: ya está hecho'
	{ people 5 | tail -n +3; } >&7
	say n
	await 'no están todos'
	# In place: the names again.
	say ''
	{ people 5 | tail -n +3; } >&7
	say s CF n
	await 'faltan acuses'
	ended 6
	no_keys
	[[ ! -e vault/tokens || -z $(ls vault/tokens) ]]
	[[ -s el/documents/acuses-tarjetas.pdf && -s el/documents/hojas-contrasena.pdf && -s el/documents/sobres-tarjetas.pdf ]]
}

@test "two members of one name, a threshold of one, more cards than the HSM admits, other data" {
	fresh
	keygen
	printf '%s\n' s CF 'Ciudad de México' A B C Uno Uno >&7
	await 'ya tiene la tarjeta 1'
	ended 6
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json --threshold 1
	[[ $status == 2 ]]
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json --cards 8
	[[ $status == 6 && $output == *'8 tarjetas son más de las 7'* ]]
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json --cards 4
	[[ $status == 5 && $output == *'era con otros datos'* ]]
	no_keys
}

@test "initials, remarks, exceptions, a pause; one terminal at a time; abandoned for good" {
	fresh
	keygen
	say s 7 '' 'x' '!' 'cinco tarjetas' '' 'llegaron seis' 'se guarda una' 'el Coordinador'
	await 'escriba sus iniciales'
	await 'escriba sus iniciales'
	await 'escriba sus iniciales'
	await 'una excepción se asienta completa'
	await 'excepción asentada'
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json
	[[ $status == 5 && $output == *'ya se está llevando en otra terminal'* ]]
	say pausa
	await 'Sesión en pausa'
	say 'CF tras el receso'
	say 'Ñ.R. con mi reloj'
	await 'Paso 2 de 8'
	[[ $(grep -c '"event":"exception"' el/journal/keygen-ceremony.jsonl) == 1 ]]
	grep -q '"decided":"se guarda una"' el/journal/keygen-ceremony.jsonl
	grep -q '"initials":"Ñ.R.","remark":"con mi reloj"' el/journal/keygen-ceremony.jsonl
	{ people 5 | tail -n +3; } >&7
	say s abandonar
	await 'se abandonó'
	ended 6
	keygen
	await 'Paso 1 de 8'
	ended 1
}

@test "a session broken off at a card and abandoned leaves no vault and no keys; the next may begin" {
	fresh
	keygen
	begin
	write_card 1
	await 'Inserte la tarjeta 2'
	await 'no llegó ninguna tarjeta'
	say x
	await 'El paso no se completó'
	say abandonar
	ended 6
	no_keys
	[[ -z $(ls vault/tokens) ]]
	grep -q session-abandoned el/journal/keygen-ceremony.jsonl
	# Card 1 has a share of a session that is no more: for the tests below.
	mv cards/1 cards/old
	"$ROOT/ceremony-scripts/card" new cards/1
}

@test "a session killed at the cards leaves no keys; taken up, it makes them anew, with consent" {
	fresh
	keygen
	begin
	await 'Inserte la tarjeta 1'
	kill -9 "$pid"
	wait "$pid" || true
	pid=
	no_keys
	[[ -n $(ls vault/tokens) ]]
	# Another election's session, which knows nothing of it, leaves it alone.
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el3 --definition definition.json <<<"$(people 5; printf '%s\n' s CF s CF)"
	[[ $status == 5 && $output == *'ya hay una bóveda'* ]]
	keygen
	say CF n
	await '¿Se borra la bóveda'
	await 'sin borrarla'
	ended 6
	[[ -n $(ls vault/tokens) ]]
	keygen
	say CF s
	await 'Se borró la bóveda'
	await 'Inserte la tarjeta 1'
	ended 6 || true
	rm -rf el3
}

@test "the whole session, five cards, three to open, with every fault on the way" {
	fresh
	keygen
	begin
	await 'Inserte la tarjeta 1'
	insert "$T/otra/cards/1"
	await 'no está en blanco: es la 1 de la elección «otra»'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	mkdir -p damaged/tokens/rubbish
	insert damaged
	await 'la tarjeta está dañada'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/1
	await 'contraseña nueva de la tarjeta 1'
	say corta
	await 'al menos 8'
	say clave-larga-1 clave-larga-2
	await 'no son iguales'
	say clave-larga-1 clave-larga-1
	await 'escrita y leída de vuelta'
	await 'Retire la tarjeta'
	remove
	# The same card again, then one taken out before the password was typed.
	await 'Inserte la tarjeta 2'
	insert cards/1
	await 'ya se escribió en esta sesión'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 2'
	insert cards/2
	await 'contraseña nueva de la tarjeta 2'
	remove
	say clave-larga-2 clave-larga-2
	await 'se retiró antes de quedar escrita'
	await '¿Qué se hace?'
	say ''
	for n in 2 3 4 5; do write_card $n; done
	await 'paso 4'
	say CF
	await 'CKA_NEVER_EXTRACTABLE  TRUE'
	await 'CKA_UNWRAP             FALSE'
	await 'iniciales'
	say 'CF vistos los atributos'
	await 'Se hizo la copia cifrada'
	say CF
	# The rehearsal, in another order, with every wrong card.
	await 'Ensayo'
	await 'Inserte la tarjeta 1'
	insert "$T/otra/cards/2"
	await 'es de otra elección: «otra»'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/old
	await 'otra sesión de llaves de la misma elección'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/6
	await 'está en blanco'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/3
	await 'contraseña de la tarjeta 3'
	say clave-larga-1
	await 'contraseña incorrecta'
	say clave-larga-3
	await 'tarjeta 3 leída'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/3
	await 'la tarjeta 3 (Integrante 3) ya se leyó'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/1
	await 'contraseña de la tarjeta 1'
	remove
	say clave-larga-1
	await 'no hay ninguna tarjeta en el lector'
	await 'se retiró antes de tiempo'
	no_keys
	for n in 1 2 4 5; do
		await "Inserte la tarjeta $n"
		insert "cards/$n"
		await "contraseña de la tarjeta $n"
		say "clave-larga-$n"
		await 'Retire la tarjeta'
		remove
	done
	await 'Con la clave de 3 tarjetas se abrió la bóveda'
	await 'La copia de la bóveda se descifró'
	no_keys
	await 'iniciales'
	say 'CF conforme'
	await 'Sesión de llaves terminada'
	ended 0
	[[ -s el/record/keys.json && -s el/documents/keygen-session.json && -s spare/prueba.spare ]]
	[[ $(ls -A el/record) == keys.json ]]
	grep -q "\"keys_sha256\": \"$(sha256sum el/record/keys.json | cut -d' ' -f1)\"" el/documents/keygen-session.json
	grep -q '"subsets": 10' el/documents/keygen-session.json
	# The act, the transcript with the journal's head, made before keys.json.
	pdftotext -layout el/documents/acta-llaves.pdf act.txt
	pdftotext -layout el/documents/transcripcion-llaves.pdf transcript.txt
	grep -q 'Tarjeta 3, Integrante 3: contraseña equivocada' act.txt
	grep -q 'vistos los atributos' act.txt
	grep -q 'se retiró antes de tiempo' act.txt
	# What is printed is the hash of that line of the journal.
	local n head
	n=$(sed -nE 's/.*hasta su línea ([0-9]+).*/\1/p' transcript.txt)
	head=$(sed -n "${n}p" el/journal/keygen-ceremony.jsonl | tr -d '\n' | sha256sum | cut -c1-8)
	grep -q "^ *${head:0:4} ${head:4:4} \|[^0-9a-f]${head:0:4} ${head:4:4} " transcript.txt
	# No password, no PIN, no share in what was written or said.
	! grep -rq 'clave-larga' el log
}

@test "keys are made once" {
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el --definition definition.json </dev/null
	[[ $status == 5 && $output == *'ya hay llaves'* ]]
	run "$BUILD/bin/keygen-ceremony" --config vemre.conf --election el2 --definition definition.json </dev/null
	[[ $status == 5 && $output == *'ya hay una copia de la bóveda'* ]]
	[[ ! -e el2/record/keys.json ]]
}

@test "the drawn cards open the vault; a wrong one is named; a substitute comes where one fails" {
	insert cards/7
	"$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --forge 4
	remove
	lead "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --order 4,1,5,2,3
	await 'Inserte la tarjeta 1'
	insert cards/2
	await 'la tarjeta 2 (Integrante 2) no fue sorteada'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/1
	await 'contraseña de la tarjeta 1'
	say mala-mala-1 mala-mala-2 mala-mala-3
	await '¿Qué se hace?'
	say ''
	await 'contraseña de la tarjeta 1'
	say clave-larga-1
	await 'Retire la tarjeta'
	remove
	await '1 de 3 tarjetas'
	await 'Inserte la tarjeta 4'
	insert cards/7
	await 'contraseña de la tarjeta 4'
	say falsa-12
	await 'contradice los compromisos'
	await '¿Qué se hace?'
	say s
	await 'Retire la tarjeta'
	remove
	await 'la tarjeta 2 (Integrante 2) sustituye a la 4'
	# Card 2 is lost: nobody brings it, and card 3 takes its place.
	await 'Inserte la tarjeta 2'
	await 'no llegó la tarjeta 2'
	await '¿Qué se hace?'
	say s
	await 'la tarjeta 3 (Integrante 3) sustituye a la 2'
	for n in 3 5; do
		await "Inserte la tarjeta $n"
		insert "cards/$n"
		await "contraseña de la tarjeta $n"
		say "clave-larga-$n"
		await 'Retire la tarjeta'
		remove
	done
	await 'open with 1 3 5'
	ended 0
}

@test "too few cards do not open" {
	lead "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --order 1,2,3
	await 'no llegó la tarjeta 1'
	say s
	await 'no quedan tarjetas bastantes'
	ended 6
}

@test "shares are erased from every card; one that is lost is named" {
	lead "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --erase
	for n in 1 2 3 5; do
		await 'Inserte la tarjeta'
		insert "cards/$n"
		await "contraseña de la tarjeta $n"
		say "clave-larga-$n"
		await 'parte borrada'
		await 'Retire la tarjeta'
		remove
	done
	await 'Inserte la tarjeta 4'
	await 'no llegó la tarjeta 4'
	say s
	await 'card 3 erased'
	await 'card 4 not erased'
	ended 0
	lead "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --order 1,2,3
	await 'Inserte la tarjeta 1'
	insert cards/1
	await 'ya fue borrada'
	await 'Retire la tarjeta'
	remove
	await 'no llegó la tarjeta 1'
	say x
	ended 6
}

# ---- a reader of cards by a module that is not SoftHSM's: polled, tries counted, with a keypad (test/modules/reader.c)

reader_site() {
	site "$T/reader" lector
	cd "$T/reader"
	export TEST_READER=$T/reader/slot
	mkdir slot
	sed -i "s|reader = \"reader\"|module = \"$BUILD/tools/reader.so\"; reader = \"Lector de ensayo\"|" vemre.conf
}
put() { "$ROOT/ceremony-scripts/card" insert slot/card "$1"; }
take() { rm -f slot/card; }
keys() { printf '%s\n' "$@" >slot/keypad; }

@test "a real reader: a keypad, a card that its maker has set up, tries left, a cancelled entry" {
	reader_site
	SOFTHSM2_CONF=$PWD/cards/2/softhsm2.conf
	export SOFTHSM2_CONF
	echo "directories.tokendir = $PWD/cards/2/tokens" >"$SOFTHSM2_CONF"
	softhsm2-util --init-token --free --label Fabricante --so-pin 12345678 --pin transporte-1 >/dev/null
	unset SOFTHSM2_CONF
	keygen --threshold 2 --cards 2
	people 2 >&7
	say s CF s CF
	await 'Inserte la tarjeta 1'
	# Typed on the keypad: nothing is read from the terminal. Set, then tried twice.
	keys del-teclado-1 del-teclado-1 del-teclado-1
	put cards/1
	await 'contraseña nueva de la tarjeta 1'
	await 'en el teclado del lector'
	await 'escrita y leída de vuelta'
	await 'Retire la tarjeta'
	take
	rm slot/keypad
	await 'Inserte la tarjeta 2'
	put cards/2
	await 'Contraseña de transporte'
	say mala-mala clave-larga-2 clave-larga-2
	await 'contraseña incorrecta: quedan pocos intentos'
	await 'Retire la tarjeta'
	take
	await '¿Qué se hace?'
	say ''
	await 'Inserte la tarjeta 2'
	put cards/2
	await 'Contraseña de transporte'
	say transporte-1 clave-larga-2 clave-larga-2
	await 'escrita y leída de vuelta'
	await 'Retire la tarjeta'
	take
	say CF CF CF
	await 'Ensayo'
	await 'Inserte la tarjeta 1'
	keys mala-mala del-teclado-1
	put cards/1
	await 'contraseña incorrecta: quedan pocos intentos'
	await 'tarjeta 1 leída'
	await 'Retire la tarjeta'
	take
	await 'Inserte la tarjeta 2'
	keys ''
	put cards/2
	await 'se canceló en el teclado'
	await '¿Qué se hace?'
	rm slot/keypad
	say ''
	await 'Retire la tarjeta'
	take
	await 'Inserte la tarjeta 2'
	put cards/2
	await 'contraseña de la tarjeta 2'
	say transporte-1
	await 'contraseña incorrecta'
	say clave-larga-2
	await 'tarjeta 2 leída'
	await 'Retire la tarjeta'
	take
	await 'Con la clave de 2 tarjetas'
	say CF
	await 'Sesión de llaves terminada'
	ended 0
	! grep -rq 'clave-larga\|del-teclado\|transporte-1' el log
	grep -q 'Tarjeta 2, Integrante 2: se borró lo que la tarjeta tenía' el/documents/keygen-session.json
}

@test "a real reader: a card locked by wrong passwords is dropped, and too few are left" {
	cd "$T/reader"
	export TEST_READER=$T/reader/slot
	take
	lead "$BUILD/tools/open-cards" --config vemre.conf --keys el/record/keys.json --order 2,1
	await 'Inserte la tarjeta 1'
	put cards/2
	await 'contraseña de la tarjeta 2'
	say mala-mala-1 mala-mala-2
	await 'queda un solo intento'
	say mala-mala-3
	await 'la tarjeta quedó bloqueada'
	await '¿Qué se hace?'
	say s
	await 'se prescinde de la tarjeta 2'
	await 'Retire la tarjeta'
	take
	await 'no quedan tarjetas bastantes'
	ended 6
}

@test "a card of a session that is no more is used again, with its holder's consent and password" {
	cd "$T/main"
	fresh
	# cards/old: a share of the session abandoned above, behind clave-larga-1.
	keygen
	begin
	await 'Inserte la tarjeta 1'
	insert cards/old
	await '¿Se borra y se usa de nuevo?'
	say n
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 1'
	insert cards/old
	await '¿Se borra y se usa de nuevo?'
	say s
	await 'Contraseña que la tarjeta tiene ahora'
	say mala-mala clave-nueva-1 clave-nueva-1
	await 'contraseña incorrecta'
	await 'Retire la tarjeta'
	remove
	await '¿Qué se hace?'
	say ''
	await 'Inserte la tarjeta 1'
	insert cards/old
	say s
	await 'Contraseña que la tarjeta tiene ahora'
	say clave-larga-1 clave-nueva-1 clave-nueva-1
	await 'tarjeta 1 escrita y leída de vuelta'
	await 'Retire la tarjeta'
	remove
	await 'Inserte la tarjeta 2'
	insert cards/old
	await 'ya se escribió en esta sesión'
	await 'Retire la tarjeta'
	remove
	ended 1 || ended 6 || true
	no_keys
}

@test "the signer: made once, one owner, a PIN that others can read is refused" {
	run timeout 10 "$BUILD/bin/system-signer" --config vemre.conf
	[[ $status == 1 ]]
	"$BUILD/bin/system-signer" --init --config vemre.conf --public key
	[[ $(cat key) =~ ^04[0-9a-f]{128}$ && $(stat -c %a pin) == 600 ]]
	run timeout 10 "$BUILD/bin/system-signer" --init --config vemre.conf
	[[ $status == 5 ]]
	chmod 640 pin
	run timeout 10 "$BUILD/bin/system-signer" --config vemre.conf
	[[ $status == 6 && $output == *'otros pueden leer el PIN'* ]]
	chmod 600 pin
	lead "$BUILD/bin/system-signer" --config vemre.conf
	await 'el firmador atiende'
	[[ $(stat -c %a signer.sock) == 660 ]]
	run timeout 10 "$BUILD/bin/system-signer" --config vemre.conf
	[[ $status == 5 && $output == *'otro system-signer'* ]]
	kill -TERM "$pid"
	ended 0
	[[ ! -e signer.sock ]]
}
