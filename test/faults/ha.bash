# Rows of test/faults: high availability with PostgreSQL's own means. A primary and a synchronous standby; the backend has both
# in its connection string; the primary is killed under load and the standby promoted. A base backup and the archived WAL;
# a restore to a moment, on its own. doc/alta-disponibilidad.md says how an installation does it.

standby_socket() { echo "$WORK/standby-run"; }

# Before the opening: archive of WAL, the standby, synchronous commits, both hosts in the settings.
ha_settings() {
	local data=$WORK/db/data
	mkdir -p "$WORK/archive" "$(standby_socket)"
	echo 'local replication all peer map=vemre' >>"$data/pg_hba.conf"
	# One file, copied beside, synced and renamed: an archive that is there is never written over.
	cat >>"$data/postgresql.conf" <<-CONF
	archive_mode = on
	archive_command = 'test ! -f "$WORK/archive/%f" && cp "%p" "$WORK/archive/%f.part" && sync "$WORK/archive/%f.part" && mv "$WORK/archive/%f.part" "$WORK/archive/%f"'
	wal_log_hints = on
	CONF
	"$(pg_bin)/pg_ctl" -D "$data" -m fast -w stop >/dev/null && revive postmaster || return 1
	pg_basebackup -h "$DB_SOCKET" -U postgres -D "$WORK/standby" -R -X stream -c fast || return 1
	sed -i "s/^primary_conninfo = '/&application_name=standby /" "$WORK/standby/postgresql.auto.conf"
	grep -q 'application_name=standby' "$WORK/standby/postgresql.auto.conf" || return 1
	# The standby archives nothing while it is one, and has nobody to wait for once it is promoted.
	echo "synchronous_standby_names = ''" >>"$WORK/standby/postgresql.conf"
	start_cluster "$WORK/standby" "$(standby_socket)" || return 1
	echo "synchronous_standby_names = 'FIRST 1 (standby)'" >>"$data/postgresql.conf"
	cluster 'SELECT pg_reload_conf()' >/dev/null
	until_holds 30 eval '[ "$(cluster "SELECT sync_state FROM pg_stat_replication")" = sync ]' || return 1
	echo 'journal = { seal_seconds = 2; };' >>"$VEMRE_CONFIG"
	sed -i "s|connection = \"[^\"]*\"|connection = \"host=$DB_SOCKET,$(standby_socket) port=5432 target_session_attrs=read-write\"|" "$VEMRE_CONFIG"
	grep -q target_session_attrs "$VEMRE_CONFIG"
}
cluster() { psql -X -At -h "$DB_SOCKET" -U postgres -d postgres -c "$1"; } # before there is an election in it
start_cluster() { # data socket
	"$(pg_bin)/pg_ctl" -D "$1" -l "$1.log" -o "-k '$2'" -w -t 60 start >/dev/null 3>&-
}
# psql on the cluster that is primary now
use_standby() { DB_SOCKET=$(standby_socket); export DB_SOCKET; }

# ---- base backup and WAL archive: restored to a moment, the box is what it was at that moment; restored to the end, what it is
row_restore() {
	local moment at last_wal
	begin "restore: base backup and archived WAL"
	pg_basebackup -h "$DB_SOCKET" -U postgres -D "$WORK/base" -X none -c fast 2>/dev/null || trouble="pg_basebackup"
	casts_go_on 10
	end_voters
	moment=$(sql postgres "SELECT clock_timestamp()")
	rows_of "$LOAD/at-moment"
	next=$(tail -n 1 "$row_out" | jq .next)
	# Somebody goes on voting after that moment: what the restore must not have.
	begin "restore: base backup and archived WAL"
	casts_go_on 10
	end_voters
	rows_of "$LOAD/at-end"
	last_wal=$(sql postgres "SELECT pg_walfile_name(pg_switch_wal())")
	until_holds 30 test -f "$WORK/archive/$last_wal" || trouble="$last_wal is not archived"
	hit
	restore "$moment"
	cmp -s "$LOAD/at-moment" "$LOAD/restored" || trouble="restored to $moment the box is another: $(wc -l <"$LOAD/restored") ballots"
	at=$(wc -l <"$LOAD/restored")
	restore ""
	cmp -s "$LOAD/at-end" "$LOAD/restored" || trouble="restored whole the box is another: $(wc -l <"$LOAD/restored") ballots"
	[ "$at" -lt "$(wc -l <"$LOAD/restored")" ] || trouble="nothing was cast between"
	: >"$hits"
	voters_ended=1 end_row 2 "to a moment: $at ballots, to the end: $(wc -l <"$LOAD/restored"); each the same box"
}
restore() { # moment, or none: until the archive ends. $LOAD/restored: the box of it
	local data=$WORK/restored
	rm -rf "$data" "$WORK/restored-run"
	cp -a "$WORK/base" "$data" && mkdir -p "$WORK/restored-run"
	touch "$data/recovery.signal"
	cat >>"$data/postgresql.conf" <<-CONF
	restore_command = 'cp "$WORK/archive/%f" "%p"'
	archive_mode = off
	synchronous_standby_names = ''
	recovery_target_action = 'promote'
	${1:+recovery_target_time = '$1'}
	CONF
	start_cluster "$data" "$WORK/restored-run" || { trouble="the restored cluster does not start"; return; }
	until_holds 60 eval "[ \"\$(psql -X -At -h '$WORK/restored-run' -U postgres -d postgres -c 'SELECT pg_is_in_recovery()')\" = f ]"
	(DB_SOCKET=$WORK/restored-run && rows_of "$LOAD/restored")
	"$(pg_bin)/pg_ctl" -D "$data" -m fast -w stop >/dev/null
}

# ---- the primary killed under load, the standby promoted
row_primary() {
	local before sealed
	[ "$(sql postgres "SELECT sync_state FROM pg_stat_replication")" = sync ] || trouble="the standby is not synchronous"
	begin "primary killed, standby promoted"
	pause 0.5 1.5
	# kill -9 of all of it: the machine is gone, nobody ends a commit any more (fencing: it is not started again)
	before=$(pgrep -d ' ' -P "$(pids postmaster)")
	# shellcheck disable=SC2086
	kill -9 "$(pids postmaster)" $before 2>/dev/null
	hit
	"$(pg_bin)/pg_ctl" -D "$WORK/standby" -w promote >/dev/null || trouble="the standby is not promoted"
	use_standby
	casts_go_on 30
	sleep 1
	[ "$(sql postgres 'SELECT pg_is_in_recovery()')" = f ] || trouble="the standby is still one"
	end_row 1 "from the kill; the primary is not started again"
	[ "$(resumed | jq -r 'sub(" s";"") | tonumber < 10' -R)" = true ] || { failed=1; echo "    DOES NOT HOLD: more than ten seconds"; }
	# The journal's sealing goes on at the new primary.
	sealed=$(wc -l <"$ELECTION/monitor/server-heads.jsonl")
	until_holds 30 eval "[ \$(wc -l <'$ELECTION/monitor/server-heads.jsonl') -gt $sealed ]" ||
		{ failed=1; echo "    DOES NOT HOLD: the journal is not sealed any more"; }
}
