#!/usr/bin/env bats
# What each program says of itself (--help), as a newcomer reads it: what for, how it is called, every option, how it ends,
# an example; in both languages. The manual pages are made of it (ceremony-scripts/packages/man-pages, packages.bats).

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	BIN=${BUILD:-$PWD/build}/bin
}
source_of() { # program [command]
	case $1.${2:-} in
	vemre-backend.*) echo fcgi/backend/main.c ;;
	*. | *.watch) echo "cmd/$1.c" ;;
	*) grep -l "_(\"$1 $2: " lib/monitor/*.c ;;
	esac
}
options_of() { # file: of its tables, and those that take several values
	grep -oE '\{"[a-z-]+", (&|NULL)|\{"--[a-z-]+", [a-z]' "$1" | sed -E 's/^\{"(--)?([a-z-]+)".*/--\2/'
	# an incident's fields are options, too
	[[ $1 != *incident_command.c ]] || sed -nE 's/^ +\{"([a-z_]+)", N_.*INCIDENT_.*/--\1/p' lib/monitor/incident.c | tr _ -
}
each() { # what is called for each program and command, in each language
	local p c lang n=0
	for lang in es en; do
		for p in "$BIN"/*; do
			p=${p##*/} n=$((n + 1))
			"$1" $lang "$p" || { echo "$p ($lang)"; return 1; }
			for c in $(LANGUAGE=$lang "$BIN/$p" --help | sed -nE 's/^  ([a-z]+) {2,}.*/\1/p'); do
				[ "$p" = monitor-election ] || continue
				n=$((n + 1))
				"$1" $lang "$p" "$c" || { echo "$p $c ($lang)"; return 1; }
			done
		done
	done
	[ "$n" = 38 ] || { echo "$n"; return 1; }
}
ask() { local lang=$1 p=$2; shift 2; LC_ALL=C.UTF-8 LANGUAGE=$lang "$BIN/$p" "$@" --help 2>"$BATS_TEST_TMPDIR/said"; }

shape() { # language program command
	local text first use=Uso exit=Salida example=Ejemplo
	[ "$1" = es ] || { use=Usage exit='Exit status' example=Example; }
	text=$(ask "$@") && [ ! -s "$BATS_TEST_TMPDIR/said" ] || return 1
	first=${text%%$'\n'*}
	[[ $first == "$2${3:+ $3}: "?????????* ]] && [[ $first != *. ]] &&
		[[ $text == *$'\n\n'"$use: $2"* ]] && [[ $text == *$'\n\n'"$exit: 0 "* ]] && [[ $text == *$'\n\n'"$example: "* ]] || { echo "$text"; return 1; }
	! grep -E '^.{107}' <<<"$text"
}
@test "purpose in the first line, then usage, how it ends, an example; nothing wider than a terminal's hundred columns" { each shape; }

every_option() { # language program command
	local text o
	[ "$2${3:-}" != monitor-election ] || return 0 # its commands have them
	text=$(ask "$@")
	for o in $(options_of "$(source_of "$2" "${3:-}")"); do
		grep -qE -- "$o([^a-z-]|\$)" <<<"$text" || { echo "not in it: $o"; return 1; }
	done
}
@test "every option that a program takes is in its help" {
	each every_option
	[ "$(options_of cmd/open-election.c | wc -l)" -ge 19 ] && [ "$(options_of lib/monitor/incident_command.c | wc -l)" = 18 ] # they were read
}

example_is_taken() { # language program command: its example has only options that there are
	local line o
	[ "$2${3:-}" != monitor-election ] || return 0
	line=$(ask "$@" | sed -nE 's/^(Ejemplo|Example): //p')
	[[ $line == "$2"* ]]
	for o in $(grep -oE -- '--[a-z-]+' <<<"${line%%&&*}"); do
		options_of "$(source_of "$2" "${3:-}")" | grep -qx -- "$o" || { echo "no such option: $o"; return 1; }
	done
}
@test "the example has no option that the program does not" { each example_is_taken; }

@test "what is too much on a command line is said, not passed over" {
	local p
	for p in vemre-backend send-messages system-signer close-election open-election; do
		run "$BIN/$p" --config /nonexistent too-much
		[ "$status" = 2 ] && [ -n "$output" ] && [[ $output != *nonexistent* ]] || { echo "$p: $status $output"; return 1; }
	done
}
