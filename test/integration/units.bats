#!/usr/bin/env bats
# The servers' systemd units as make install lays them: read by systemd without a complaint, their exposure measured, their
# accounts declared, their commands known to the programs, all of it in the manifest of numeral 14.

EXPOSURE=20 # tenths, at the most

setup_file() {
	export ROOT T BUILD
	ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	T=$BATS_FILE_TMPDIR BUILD=${BUILD:-$ROOT/build}
	make -s -C "$ROOT" install-units "DESTDIR=$T" >&2
	mkdir -p "$T/usr/bin"
	cp "$BUILD"/bin/{vemre-backend,system-signer,send-messages,monitor-election,close-election} "$T/usr/bin"
}
setup() { cd "$T/usr/lib/systemd/system" || return 1; }

@test "systemd reads every unit without a complaint; a wrong line is one" {
	run systemd-analyze "--root=$T" --recursive-errors=no --man=no verify *.service *.timer
	[ "$status" = 0 ] && [ -z "$output" ] || { echo "$output"; return 1; }
	cp -a "$T/usr" "$BATS_TEST_TMPDIR"
	sed -i 's/^PrivateTmp=yes/PrivateTmpp=yes/' "$BATS_TEST_TMPDIR/usr/lib/systemd/system/vemre-.service.d/hardening.conf"
	run systemd-analyze "--root=$BATS_TEST_TMPDIR" --recursive-errors=no --man=no verify vemre-backend.service
	[[ $output == *PrivateTmpp* ]]
}

@test "each unit's exposure is 2.0 or less (systemd-analyze security)" {
	local u n tenths
	n=0
	for u in *.service; do
		run systemd-analyze "--root=$T" --offline=yes security "$u"
		[[ ${lines[-1]} =~ for\ "$u":\ ([0-9]+)\.([0-9]) ]] || { echo "$output"; return 1; }
		tenths=$((BASH_REMATCH[1] * 10 + BASH_REMATCH[2]))
		echo "# $u ${BASH_REMATCH[1]}.${BASH_REMATCH[2]}" >&3
		[ "$tenths" -le "$EXPOSURE" ] || { echo "$output"; return 1; }
		n=$((n + 1))
	done
	[ "$n" = 6 ]
}

@test "accounts and groups of the units are those of sysusers.d; no two programs share an account; the probe has no socket's group" {
	local name
	for name in $(sed -n 's/^\(User\|Group\|SupplementaryGroups\)=//p' *.service); do
		grep -qE "^[gu] $name " "$T/usr/lib/sysusers.d/vemre.conf" || { echo "$name"; return 1; }
	done
	[ "$(sed -n 's/^User=//p' *.service | sort | uniq -d)" = "" ]
	run grep -E '^SupplementaryGroups=' vemre-probe.service
	[ "$status" = 1 ]
	run grep '^m vemre-probe ' "$T/usr/lib/sysusers.d/vemre.conf"
	[ "$status" = 1 ]
	run grep -lE '^User=root' *.service
	[ "$status" = 1 ]
	[ "$(grep -L '^User=' *.service)" = "" ]
}

# That connect() is refused to every other account of an installed machine is packages/run's to show (root).
@test "who is in the groups that lead to a socket: by account, by unit" {
	members() { # group: accounts (sysusers.d), units
		sed -n "s/^m \(vemre-[a-z]*\) $1\$/\1/p" "$T/usr/lib/sysusers.d/vemre.conf"
		grep -lE "^(Group=$1|SupplementaryGroups=(.* )?$1( .*)?)\$" *.service
	}
	[ "$(members vemre-signer | xargs)" = "vemre-admin vemre-monitor vemre-backend.service vemre-close.service vemre-seal.service vemre-signer.service" ]
	[ "$(members vemre-sms | xargs)" = "vemre-monitor vemre-backend.service vemre-sender.service" ]
	[ "$(members vemre-web | xargs)" = "vemre-monitor vemre-backend.service" ]
	[ "$(sed -n 's/^RuntimeDirectory=//p' vemre-{backend,signer,sender}.service | xargs)" = "vemre/backend vemre/signer vemre/sms" ]
	[ "$(grep -h '^RuntimeDirectoryMode=' vemre-{backend,signer,sender}.service | uniq)" = RuntimeDirectoryMode=0710 ]
}

@test "an election's folder is the closing's alone to write; the watch's units name theirs in a drop-in, as the manual says" {
	[ "$(grep -l '^ReadWritePaths=.*/var/lib/vemre\( \|$\)' *.service)" = vemre-close.service ]
	local drop_in line unit
	while read -r line; do
		[[ $line =~ (vemre-[a-z]+)\.service\.d/carpetas\.conf$ ]]
		unit=${BASH_REMATCH[1]} drop_in=$BATS_TEST_TMPDIR/root/usr/lib/systemd/system/${BASH_REMATCH[1]}.service.d
		mkdir -p "$BATS_TEST_TMPDIR/root" "$drop_in" && cp -a "$T/usr" "$BATS_TEST_TMPDIR/root"
		eval "${line%>*}" >"$drop_in/carpetas.conf"
		run systemd-analyze "--root=$BATS_TEST_TMPDIR/root" --recursive-errors=no --man=no verify "$unit.service"
		[ "$status" = 0 ] && [ -z "$output" ] || { echo "$output"; return 1; }
		run grep -ohE '/var/lib/vemre/[^ ]*' "$drop_in/carpetas.conf"
		[ "$unit ${output//$'\n'/ }" = "vemre-seal /var/lib/vemre/simulacro/journal /var/lib/vemre/simulacro/monitor" ] ||
			[ "$unit ${output//$'\n'/ }" = "vemre-probe /var/lib/vemre/simulacro/monitor" ]
	done < <(grep 'service\.d/carpetas\.conf$' "$ROOT/doc/manual-administrador.md")
	[ "$unit" = vemre-probe ]
}

@test "each unit's command is one that its program has" {
	local command missing=
	while read -r command; do
		if [[ $command == *' probe' ]] && ! "$T/usr/bin/monitor-election" --help | grep -q '^  probe '; then
			missing=1
			continue
		fi
		run "$T"$command --help
		[ "$status" = 0 ] || { echo "$command: $output"; return 1; }
	done < <(sed -n 's/^ExecStart=//p' *.service | sed 's/ --.*//')
	[ -z "$missing" ] || skip "monitor-election has no probe here"
}

@test "each unit's command needs no more than the settings file" {
	local command
	mkdir -p "$BATS_TEST_TMPDIR/run" "$BATS_TEST_TMPDIR/election"
	printf '%s\n' "election = { folder = \"$BATS_TEST_TMPDIR/election\"; };" "hsm = { system_store = \"$BATS_TEST_TMPDIR/token\"; };" \
		"signer = { socket = \"$BATS_TEST_TMPDIR/run/s\"; pin_file = \"$BATS_TEST_TMPDIR/pin\"; };" \
		"sms = { socket = \"$BATS_TEST_TMPDIR/run/m\"; gateways = [\"http://127.0.0.1:1/?to={to}&text={text}\"]; };" >"$BATS_TEST_TMPDIR/vemre.conf"
	while read -r command; do
		[[ $command == *' probe' ]] && continue
		# Without an election, a token, a record it says so; that is not the command line's fault (2).
		run timeout 2 "$T"$command --config "$BATS_TEST_TMPDIR/vemre.conf"
		[ "$status" != 2 ] && [ "$status" != 0 ] || { echo "$command: $status $output"; return 1; }
	done < <(sed -n 's/^ExecStart=//p' *.service)
}

@test "the system hash of numeral 14 has every unit and what they share" {
	local f
	printf 'system = { programs = "%s/bin"; site = "%s/site"; sql = "%s/sql"; units = "%s"; };\n' \
		"$BUILD" "$BUILD" "$ROOT" "$PWD" >"$T/vemre.conf"
	run "$BUILD/bin/open-election" --system-hash --config "$T/vemre.conf"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	for f in $(find . -type f -printf '%P\n'); do
		grep -qE "^$(sha256sum <"$f" | cut -c1-64) 0644 [0-9]+ server/units/$f\$" <<<"$output" || { echo "$f"; return 1; }
	done
	[ "$(grep -c ' server/units/' <<<"$output")" = "$(find . -type f | wc -l)" ]
	[ "$(find . -type f | wc -l)" = 8 ]
	touch vemre-extra.service other.service
	run "$BUILD/bin/open-election" --system-hash --config "$T/vemre.conf"
	rm vemre-extra.service other.service
	grep -q ' server/units/vemre-extra.service$' <<<"$output" && ! grep -q other.service <<<"$output"
}
