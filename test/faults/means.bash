# Rows of test/faults: the connection cut in the middle of a commit, and what a machine may run out of: disk, descriptors,
# the right time, connections.

# ---- the connection between backend and database, in the middle of a commit
row_commit() { # times: of each kind
	local said
	mkdir -p "$WORK/proxy"
	node test/faults/proxy.mjs "$WORK/proxy/.s.PGSQL.5432" "$DB_SOCKET/.s.PGSQL.5432" 5 >"$LOAD/proxy.log" 2>&1 3>&- & local proxy=$!
	until_holds 10 test -S "$WORK/proxy/.s.PGSQL.5432"
	sed "s|host=$DB_SOCKET|host=$WORK/proxy|" "$WORK/usual.conf" >"$VEMRE_CONFIG"
	restart_backend
	begin "connection cut in the middle of a commit"
	# Each fifth is cut, in turn.
	until_holds 60 eval "[ \$(grep -c '\"receipt\"' '$row_out') -ge $(($1 * 10 + 20)) ]"
	end_voters
	kill "$proxy" && wait "$proxy"
	said=$(tail -n 1 "$LOAD/proxy.log")
	cp "$WORK/usual.conf" "$VEMRE_CONFIG"
	restart_backend
	[[ $said =~ ^answer\ ([0-9]+)\ commit\ ([0-9]+)$ ]] && [ "${BASH_REMATCH[1]}" -ge "$1" ] && [ "${BASH_REMATCH[2]}" -ge "$1" ] ||
		trouble="the proxy cut too few: $said"
	voters_ended=1 end_row "$((BASH_REMATCH[1] + BASH_REMATCH[2]))" "answer dropped ${BASH_REMATCH[1]}, commit dropped ${BASH_REMATCH[2]}"
}
restart_backend() {
	kill "$(pids backend)"
	until_holds 15 test ! -e "$RUN/backend.sock"
	revive backend
	until_holds 15 test -S "$RUN/backend.sock"
}

# ---- the database's disk full: its WAL on a file system of 64 MiB in a namespace of its own, filled under load
row_disk() {
	local small=$WORK/small wal=$WORK/db/data/pg_wal
	if ! unshare -U --map-current-user -m --keep-caps true 2>/dev/null; then
		printf '%-44s skipped: no user namespaces here\n' "disk of the WAL full"
		return
	fi
	stop_database
	mkdir -p "$small"
	mv "$wal" "$wal.kept"
	ln -s "$small/pg_wal" "$wal"
	# What is in the namespace is done by its own shell: word by word from a pipe.
	mkfifo "$WORK/disk.pipe"
	unshare -U --map-current-user -m --keep-caps bash -c '
		mount -t tmpfs -o size=64m tmpfs "$1" && mkdir "$1/pg_wal" && cp -a "$2.kept/." "$1/pg_wal/" || exit 1
		start() { "$3/pg_ctl" -D "$4" -l "$4/../postgresql.log" -o "-k $5" -w -t 60 start; }
		start "$@" && echo started
		while read -r word; do
			case $word in
			fill) dd if=/dev/zero of="$1/fill" bs=64k; df -k "$1" ;;
			free) rm -f "$1/fill"; sleep 1
				until pg_isready -q -h "$5"; do "$3/pg_ctl" -D "$4" status || start "$@"; sleep 0.2; done ;;
			end) "$3/pg_ctl" -D "$4" -m fast -w stop; mkdir "$2.new" && cp -a "$1/pg_wal/." "$2.new/"; exit ;;
			esac
			echo "did $word"
		done <"$6"' - "$small" "$wal" "$(pg_bin)" "$WORK/db/data" "$DB_SOCKET" "$WORK/disk.pipe" >"$LOAD/disk.log" 2>&1 3>&- & local space=$!
	exec 8<>"$WORK/disk.pipe" # read and write: does not wait for the other side
	until_holds 60 grep -qx started "$LOAD/disk.log" || trouble="no small disk"
	begin "disk of the WAL full" 60
	local before; before=$(grep -c 'No space left on device' "$WORK/db/postgresql.log")
	echo fill >&8
	# WAL that is there already is used up first: more of it, as the cluster's superuser, until the disk says no.
	local until=$((SECONDS + 40))
	until [ "$(grep -c 'No space left on device' "$WORK/db/postgresql.log")" -gt "$before" ] || [ $SECONDS -ge $until ]; do
		sql postgres "SELECT pg_switch_wal()" >/dev/null 2>&1
		sleep 0.2
	done
	[ "$(grep -c 'No space left on device' "$WORK/db/postgresql.log")" -gt "$before" ] || trouble="the disk did not fill"
	sleep 2
	echo free >&8
	hit
	casts_go_on 60
	end_row 1 "time from the moment there is room again"
	echo end >&8
	exec 8>&-
	wait "$space"
	rm -rf "$wal" "$wal.kept"
	mv "$wal.new" "$wal"
	revive postmaster
}
stop_database() { "$(pg_bin)/pg_ctl" -D "$WORK/db/data" -m fast -w stop >/dev/null; }

# ---- the backend's machine has another time: two days on, and a day back, while it runs. (What counts is the database's.)
row_clock() {
	local preload stamp=$WORK/clock step
	preload=$(find /usr/lib/*/faketime -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
	if [ -z "$preload" ]; then
		printf '%-44s skipped: no libfaketime here (package faketime)\n' "clock stepped"
		return
	fi
	echo +0 >"$stamp"
	BACKEND_WITH=(env LD_PRELOAD="$preload" FAKETIME_TIMESTAMP_FILE="$stamp" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1)
	restart_backend
	begin "clock of the backend stepped"
	for step in +2d -1d +30d; do
		hit
		echo "$step" >"$stamp"
		# The backend's memory is closed to us; what another program sees with the same preload is what it sees.
		[ "$("${BACKEND_WITH[@]}" date +%F)" = "$(date -d "${step%d} days" +%F)" ] || trouble="the clock did not step"
		casts_go_on 20
		sleep 0.5
	done
	end_row 3 "+2 days, -1 day, +30 days, while it runs"
	BACKEND_WITH=(env)
	restart_backend
}

# ---- out of file descriptors: none is left to the process, then it gets them back
row_descriptors() {
	local part one open ended=''
	local -A had
	begin "out of file descriptors"
	for part in backend site signer; do
		for one in $(pids $part); do
			had[$one]=$(prlimit --pid "$one" --nofile -o SOFT --noheadings | tr -d ' ')
			prlimit --pid "$one" --nofile=4: || trouble="prlimit"
		done
		sleep 1.5
		hit
		for one in $(pids $part); do prlimit --pid "$one" --nofile="${had[$one]}": 2>/dev/null || { [ $part = signer ] && gone "$one"; } || trouble="prlimit"; done
		# Its token failed: it ends, and here we start it (systemd: Restart=on-failure). Or it was refused before it came to that.
		[ $part != signer ] || { until_holds 3 gone "$one" && revive signer && ended=', ended and started again'; }
		casts_go_on 30
	done
	grep -qE 'descriptor|el token del sistema no firmó|token did not sign' "$RUN/signer.log" || trouble="the signer did not run out of descriptors"
	open=$(grep -c 'Too many open files' "$RUN/site-error.log")
	[ "$open" -gt 0 ] || trouble="nobody ran out of descriptors"
	end_voters
	voters_ended=1 end_row 3 "backend, nginx, signer: 1.5 s each$ended; $(jq -r '.refused | add // 0' <<<"$(tail -n 1 "$row_out")") replies without a receipt"
}

# ---- crowds: connections that only hold on, while voters go on
crowd() { # name, kind, how many, seconds, least that must have been open at once
	local said least=$5
	node test/faults/crowd.mjs "${SITE_DIRECT##*:}" "$2" "$3" >"$LOAD/crowd.log" 2>&1 3>&- & local crowd=$!
	until_holds 60 grep -q '^open' "$LOAD/crowd.log" || trouble="the crowd did not come"
	begin "$1"
	hit
	sleep "$4"
	casts_go_on 10
	end_voters
	kill "$crowd" && wait "$crowd"
	said=$(tail -n 1 "$LOAD/crowd.log")
	[[ $said =~ ^at\ once\ ([0-9]+)\ closed\ ([0-9]+)$ ]] && [ "${BASH_REMATCH[1]}" -ge "$least" ] || trouble="too small a crowd: $said"
	voters_ended=1 end_row 1 "$said; $(waits)"
}
waits() { # how long a voter waited for the reply with the receipt
	jq -rs 'map(select(.receipt) | .got - .sent) | sort | "p50 \(.[length / 2 | floor]) ms, p99 \(.[length * 0.99 | floor]) ms"' "$row_out"
}
row_slow() { # how many of each kind, seconds
	crowd "slow clients: headers at a byte a second" headers "$1" "$2" "$1"
	crowd "slow clients: a ballot at a byte a second" body "$1" "$2" "$1"
}
row_connections() { # how many, seconds
	local may; may=$(ulimit -n)
	[ "$may" -gt $(($1 + 200)) ] || ulimit -n $(($(ulimit -Hn) < $1 + 200 ? $(ulimit -Hn) : $1 + 200))
	may=$(($(ulimit -n) - 200 < $1 ? $(ulimit -n) - 200 : $1))
	crowd "$may open connections" idle "$may" "$2" "$may"
}

# ---- the closing, under load: whoever is under way gets a receipt or is told that it is closed
row_closing() {
	begin "closing under load"
	sql_hidden "UPDATE vemre.election SET closes = date_trunc('second', now()) + interval '3 seconds'" >/dev/null
	"$VEMRE_BUILD/bin/close-election" --config "$VEMRE_CONFIG" --election "$ELECTION" --wait >"$LOAD/close.log" 2>&1 3>&- ||
		trouble="close-election: $(tail -n 1 "$LOAD/close.log")"
	end_voters
	voters_ended=1 end_row 1 "told that it is closed: $(grep -c '"final":"closed"' "$row_out")"
	grep -q '"final":"closed"' "$row_out" || { failed=1; echo "    DOES NOT HOLD: nobody was under way at the closing"; }
	# Of all rows together: the exported box, what all voters have in hand, and the checker that anybody may run.
	name="all of it: the exported box" hits=/dev/null trouble=
	oracle --rows "$LOAD/rows" --box "$ELECTION/record/encrypted-votes.box" "$LOAD"/out-*.jsonl >"$LOAD/verdict-all.json"
	# The test brought the closing forward, behind the definition's back: that, and that alone, the verifier holds against it.
	"$VEMRE_BUILD/bin/verify-election" --until closing "$ELECTION/record" >"$LOAD/verify.log" 2>&1
	[ "$(grep -c 'FALSO' "$LOAD/verify.log")" = 1 ] && grep -q 'seal.json: el cierre es anterior al de la definición' "$LOAD/verify.log" &&
		grep -q "se cumple. boletas: .*($(wc -l <"$LOAD/rows"))" "$LOAD/verify.log" ||
		trouble="verify-election: $(grep -A 1 FALSO "$LOAD/verify.log")"
	row - "verify-election: every ballot holds; of the closing it sees that the test moved it" "$LOAD/verdict-all.json"
}
