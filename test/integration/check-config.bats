#!/usr/bin/env bats
# --check-config of every program that reads the settings, on the real parts of a voting server, a mail relay and a token:
# right settings are right, and of wrong ones each is told, in one run, with what to do. And monitor-election state, the one
# word that the packages ask for, and what they make of it.

load voting-server.bash

setup_file() {
	voting_server check -60 3600 5 >&2
	as mkdir -p "$WORK/mail" && as ceremony-scripts/parts/mail start "$WORK/mail" >&2
	. "$WORK/mail/mail.env"
	cat >>"$VEMRE_CONFIG" <<-CONF
	mail = { url = "$MAIL_URL"; from = "voto@instituto.example"; ca = "$MAIL_CA"; };
	cards = { reader = "$WORK/reader"; };
	monitor = { site_ca = "$WORK/web/tls/ca.pem"; };
	CONF
	sed -i "s|hsm = {|hsm = { vault_store = \"$WORK/vault\";|" "$VEMRE_CONFIG"
}
teardown_file() {
	as ceremony-scripts/parts/mail stop "$WORK/mail"
	voting_server_stop
}
setup() { voting_server_env; BIN=$VEMRE_BUILD/bin; }
check() { run as "$BIN/$1" --check-config --config "${CONFIG:-$VEMRE_CONFIG}" "${@:2}"; }
said() { # status, words
	[ "$status" -eq "$1" ] && [[ $output == *"$2"* ]] || { echo "status $status, wanted $1 and «$2»: $output"; return 1; }
}
state() { run as "$BIN/monitor-election" state --config "$VEMRE_CONFIG" --election "$ELECTION"; }
changed() { # sed expression: another settings file
	CONFIG=$WORK/other.conf
	sed -E "$1" "$VEMRE_CONFIG" >"$CONFIG"
	! cmp -s "$CONFIG" "$VEMRE_CONFIG"
}

@test "before the opening: what can be tried is tried, the rest is said" {
	check open-election --election "$ELECTION"
	said 2 "bien: Base de datos: responde a vemre_owner"
	said 2 "no hay ninguna elección abierta"
	said 2 "web/nginx/balancer.conf: No such file" # nothing has started yet
	check system-signer
	said 2 "bien: Token del sistema: VEMRE-SISTEMA" # its socket's folder is not there yet
	state
	said 5 "falta $ELECTION/record/opening.json"
}

@test "everything in place: each program has nothing to say against it" {
	local p
	voting_server_open
	voting_server_env
	sed -i "s|site_ca|site = \"$SITE\"; site_ca|" "$VEMRE_CONFIG"
	for p in vemre-backend monitor-election close-election open-election; do
		check "$p" --election "$ELECTION"
		said 0 "la configuración es correcta"
		said 0 "bien: Base de datos: responde a vemre_"
	done
	check vemre-backend --election "$ELECTION"
	said 0 "bien: Envío de SMS: send-messages contesta"
	said 0 "bien: Llave del sistema: system-signer contesta"
	said 0 "Base de países"
	check monitor-election --election "$ELECTION"
	said 0 "Certificado TLS"
	said 0 "bien: Sitio (nginx)"
	check system-signer
	said 0 "system-signer está en marcha"
	check send-messages
	said 0 "bien: Pasarelas de SMS: 1 de 1 responden"
	check enroll-voters
	said 0 "bien: Relevo de correo"
	check keygen-ceremony
	said 0 "el módulo abre y aún no hay bóveda"
	check tally
	said 0 "la configuración es correcta"
}

@test "each fault at once: names, kinds, files, modes, and what does not answer" {
	as touch "$WORK/open.key" && as chmod 644 "$WORK/open.key"
	changed "s|threads = [0-9]+|threads = \"many\"|; s|refusal_ms|refusal_seconds|; s|code_key_file = \"[^\"]*\"|code_key_file = \"$WORK/open.key\"|; \
		s|place = \{ database = \"[^\"]*\"|place = { database = \"$WORK/gone.mmdb\"|; s|connection = \"|connection = \"port=1 |; s|signer = \{ socket = \"[^\"]*\"|signer = { socket = \"$WORK/no.sock\"|"
	check vemre-backend --election "$ELECTION"
	said 2 "«backend.threads» no es un entero entre 1 y 512"
	said 2 "login.refusal_seconds: no hay tal ajuste"
	said 2 "open.key: otros pueden leerlo (modo 0644)"
	said 2 "→ chmod 600"
	said 2 "place.database: $WORK/gone.mmdb"
	said 2 "$WORK/no.sock"
	said 2 "¿está en marcha system-signer?"
	said 2 "la configuración tiene faltas"
	check send-messages
	said 2 "login.refusal_seconds: no hay tal ajuste" # a name is everybody's to see, the rest not this program's
	[[ $output != *gone.mmdb* ]]
}

@test "a database, a gateway, a relay, a token that are not there, each by itself" {
	changed 's|host=[^ "]*|host=/nonexistent|'
	check close-election --election "$ELECTION"
	said 1 "vemre_admin: base de datos:"
	said 1 "vea database.connection"
	changed 's|(gateways = \["http://127.0.0.1:)[0-9]+|\11|'
	check send-messages
	said 5 "no responde la pasarela 1"
	changed 's|(mail = \{ url = "smtp://[^:]*:)[0-9]+|\11|'
	check enroll-voters
	said 1 "el relevo de correo:"
	changed "s|ca = \"[^\"]*\"; \};|ca = \"$WORK/web/tls/ca.pem\"; };|" # another authority's
	check enroll-voters
	said 1 "certificate"
	changed 's|mail = \{|mail = { user = "yo"; password_file = "/nonexistent";|'
	check enroll-voters
	said 2 "mail.password_file: /nonexistent"
	changed "s|system_store = \"[^\"]*\"|system_label = \"OTRO\"; system_store = \"$WORK/empty\"|; s|signer = \{ socket = \"[^\"]*\"|signer = { socket = \"$WORK/no.sock\"|"
	as mkdir -p "$WORK/empty"
	check system-signer
	said 4 "OTRO"
	changed 's|cards = \{|cards = { module = "/nonexistent.so";|'
	check tally
	said 2 "cards.module: /nonexistent.so"
}

@test "its state in one word; where the database does not tell, none" {
	state; said 0 open; [ "$output" = open ]
	sql_hidden "UPDATE vemre.election SET opens = opens + interval '1 hour'"
	state; [ "$output" = before ]
	sql_hidden "UPDATE vemre.election SET opens = opens - interval '1 hour', closes = now() - interval '1 second'"
	state; [ "$output" = closed ]
	as touch "$ELECTION/record/seal.json"
	state; [ "$output" = sealed ]
	rm "$ELECTION/record/seal.json"
	changed 's|host=[^ "]*|host=/nonexistent|'
	run as "$BIN/monitor-election" state --config "$CONFIG" --election "$ELECTION"
	said 1 "base de datos"
	[[ $output != *open* ]]
}

# The packages' question itself (ceremony-scripts/packages/open-elections), about this place's settings and folders.
may_upgrade() { # the text of election.folder, quoted; or another settings file
	local ask="runuser -u $ACCOUNT --"
	[ "$(id -u)" = 0 ] || ask=
	[ -e "$1" ] && CONFIG=$1 || { CONFIG=$WORK/packages.conf; grep -v '^election = ' "$VEMRE_CONFIG" >"$CONFIG"; echo "election = { $1 };" >>"$CONFIG"; }
	sed "s|/etc/vemre/vemre.conf|$CONFIG|; s|/etc/fstab|$WORK/fstab|; s|/var/lib/vemre|$WORK/lib|g; s|runuser -u \"\$account\" --|$ask|" \
		ceremony-scripts/packages/open-elections >"$WORK/ask.sh"
	run env PATH="$BIN:$PATH" LANGUAGE=en DPKG_MAINTSCRIPT_PACKAGE=vemre-server \
		sh -e -c '. "$0"; refuse_while_open actualizar; echo yes' "$WORK/ask.sh"
}
yes_it_may() { [ "$status" = 0 ] && [ "$output" = yes ] || { echo "$output"; return 1; }; }

@test "no upgrade while the election that the settings name is open, wherever its folder is; nor where that cannot be told" {
	sql_hidden "UPDATE vemre.election SET closes = now() + interval '1 hour'"
	as mkdir "$WORK/lib" "$WORK/empty-disk" "$WORK/prepared" "$WORK/prepared/record"
	may_upgrade "folder = \"$ELECTION\";"; said 1 "se está votando"
	may_upgrade "folder = \"$WORK/prepared\";"; yes_it_may
	may_upgrade "folder = \"$WORK/lib/ELECTION\";"; yes_it_may # as installed
	echo "none $WORK/lib/ELECTION tmpfs defaults 0 0" >"$WORK/fstab" # one that is not mounted
	may_upgrade "folder = \"$WORK/lib/ELECTION\";"; said 1 "lib/ELECTION: no está montado"
	rm "$WORK/fstab"
	may_upgrade "folder = \"$WORK/lib/../gone\";"; said 1 "no se sabe qué carpeta es"
	may_upgrade "folder = \"$WORK/empty-disk\";"; said 1 "¿falta montar un disco?"
	may_upgrade "folder = \"$WORK/gone/2027\";"; said 1 "$WORK/gone/2027: la nombra election.folder"
	may_upgrade "" ; said 1 "falta el ajuste «election.folder»"
	may_upgrade "folder = \"$ELECTION"; said 1 "no se sabe cómo va la elección que nombra"
	as touch "$WORK/secret.conf" && chmod 000 "$WORK/secret.conf"
	may_upgrade "$WORK/secret.conf"; said 1 "no se puede abrir"
	changed 's|host=[^ "]*|host=/nonexistent|'
	sed -i '/^election = /d' "$CONFIG" && echo "election = { folder = \"$ELECTION\"; };" >>"$CONFIG"
	may_upgrade "$CONFIG"; said 1 "base de datos:"
	as ln -s "$ELECTION" "$WORK/lib/other" # and one that they do not name
	may_upgrade "folder = \"$WORK/prepared\";"; said 1 "lib/other: se está votando"
	as rm "$WORK/lib/other"
	as touch "$ELECTION/record/seal.json"
	may_upgrade "folder = \"$ELECTION\";"; yes_it_may
	as rm "$ELECTION/record/seal.json"
}
