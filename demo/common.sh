# shellcheck shell=bash disable=SC2030,SC2031 # CHIRO_HOME is meant for one command
# What the scripts of the demo share: where things are, how a command is shown
# and checked, how a node is started and stopped.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/demo/out
columns=76

# The commands of the story are typed as they would be after an installation.
build=${CHIRO_BUILD:-$root/build}
PATH=$build/src/chiro:$build/src/chirod:$PATH
export PATH COLUMNS=$columns LC_ALL=C.UTF-8
unset CHIRO_HOME CHIRO_SOCKET CHIRO_AUTHOR CHIRO_KEY CHIRO_CHANNEL SSH_AUTH_SOCK

# --- telling ---------------------------------------------------------------------

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	strong=$(printf '\033[1m')
	plain=$(printf '\033[0m')
else
	strong=
	plain=
fi

# chapter <words>: a heading.
chapter_number=0
chapter() {
	chapter_number=$((chapter_number + 1))
	printf '\n%s%s. %s%s\n' "$strong" "$chapter_number" "$*" "$plain"
	printf '%*s\n' "$columns" '' | tr ' ' '-'
}

# say <words>: a paragraph of the story.
say() {
	echo
	echo "$*" | fmt -w "$columns"
}

# fail <words>: the story ends badly.
fail() {
	{
		echo
		echo "demo: $*"
		for log in "$out"/*/*.log; do
			if [ -s "$log" ]; then
				echo "demo: the end of $log:"
				tail -n 5 "$log"
			fi
		done
	} >&2
	exit 1
}

# --- commands ----------------------------------------------------------------------

# What the last command printed; its exit status is in $status.
last=$out/last

# type_line <place> <command line>: what somebody types.
type_line() {
	printf '\n%s%s$ %s%s\n' "$strong" "$1" "$2" "$plain"
}

# attempt <place> <command line>: shows and runs it in out/<place>, where chiro
# works for the node in out/<place>/node. The auditor has no node, only the record, or
# what else lies on the desk: out/$desk.
attempt() {
	local place=$1 line=$2
	type_line "$place" "$line"
	(
		if [ "$place" = auditor ]; then
			cd "$out/${desk:-record}" || exit
		else
			cd "$out/$place" || exit
			export CHIRO_HOME=$out/$place/node
		fi
		exec bash -o pipefail -c "$line"
	) </dev/null 2>&1 | tee "$last"
	status=${PIPESTATUS[0]}
}

# on <place> <command line>: and it must succeed.
on() {
	attempt "$@"
	[ "$status" -eq 0 ] || fail "this should have worked (exit status $status): $2"
}

# likewise <place> <command line>: the same where the output would say nothing new.
likewise() {
	local line=$2
	type_line "$1" "$line"
	attempt "$@" >/dev/null
	echo "[…]"
	[ "$status" -eq 0 ] || fail "this should have worked (exit status $status): $line"
}

# refused <place> <command line>: and it must be refused with exit status 1.
refused() {
	attempt "$@"
	[ "$status" -eq 1 ] || fail "this should have been refused (exit status $status): $2"
}

# quietly <place> <command line>: the same unseen, for what the story only needs
# to know; prints what the command prints.
quietly() {
	local place=$1 line=$2
	(
		cd "$out/$place" || exit
		export CHIRO_HOME=$out/$place/node
		exec bash -o pipefail -c "$line"
	) </dev/null || fail "this should have worked: $line"
}

# holds <regular expression>...: the last output must hold each.
holds() {
	local pattern
	for pattern in "$@"; do
		grep -Eq -- "$pattern" "$last" || fail "the output should hold: $pattern"
	done
}

# Prints the act that the last command has logged, such as north-7.
logged_act() {
	grep -Eo -m 1 '\b(north|south|east|west)-[0-9]+\b' "$last" | head -n 1
}

# logged_act_in <regular expression>: the same of the line that holds it.
logged_act_in() {
	grep -E -- "$1" "$last" | grep -Eo -m 1 '\b(north|south|east|west)-[0-9]+\b' | head -n 1
}

# same <file> <file>: byte for byte.
same() {
	cmp -s "$1" "$2" || fail "$1 and $2 should be the same"
}

# --- nodes -------------------------------------------------------------------------

# Who runs a node, a witness or a depositary here, in the order of their users.
hosts="north south witness depositary east west"

# As root each of them works as a user of its own, and its keeper as another:
# users that every system has. Prints the two names.
users_of() {
	local names place host
	[ "$(id -u)" -eq 0 ] || return 0
	names=$(for name in daemon bin sys nobody mail news www-data proxy backup list irc lp \
		man games uucp; do
		id -u "$name" >/dev/null 2>&1 && echo "$name"
	done)
	place=1
	for host in $hosts; do
		[ "$host" = "$1" ] && break
		place=$((place + 2))
	done
	echo "$names" | tail -n +$place | head -n 2 | xargs
}

# The same as options of chiro init, on a line more.
user_options() {
	# shellcheck disable=SC2046,SC2183 # two names
	[ "$(id -u)" -ne 0 ] || printf ' \\\n    --user %s --keeper-user %s\n' $(users_of "$1")
}

# So many ports of this machine that nobody uses.
free_ports() {
	python3 -c '
import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in sockets))' "$1"
}

# A fresh demo/out. Where the users of the nodes could not reach it, or its path
# is too long for a Unix socket, it is a link to a folder in /tmp.
make_out() {
	local place
	stop_nodes
	if [ -L "$out" ]; then
		rm -rf "$(readlink -f "$out")"
	fi
	rm -rf "$out"
	mkdir -p "$out" || exit
	if [ ${#out} -gt 80 ] || { [ "$(id -u)" -eq 0 ] &&
		! setpriv --reuid=daemon --clear-groups test -x "$out"; }; then
		place=$(mktemp -d /tmp/chirograph-demo.XXXXXX) || exit
		chmod 0755 "$place"
		rmdir "$out" && ln -s "$place" "$out" || exit
		out=$place
		last=$out/last
	fi
	mkdir "$out/north" "$out/south" "$out/mail"
}

# start_process <name> <file for its output> <command>...: in the background, in a
# process group of its own, until it says that it is ready.
start_process() {
	local name=$1 log=$2 before
	shift 2
	before=$(grep -cs '^[a-z]*: ready' "$log")
	setsid "$@" >>"$log" 2>&1 </dev/null &
	echo $! >"$out/$name.pid"
	disown $!
	for _ in $(seq 200); do
		if [ "$(grep -cs '^[a-z]*: ready' "$log")" -gt "${before:-0}" ]; then
			return
		fi
		sleep 0.05
	done
	fail "what was started for $name does not answer"
}

# stop_process <name> [signal]: with all that it has started.
stop_process() {
	local file=$out/$1.pid pid
	[ -e "$file" ] || return 0
	pid=$(cat "$file")
	rm -f "$file"
	# Only if it still is what was started.
	case $(cat "/proc/$pid/comm" 2>/dev/null) in chirod | cable)
		kill "-${2:-TERM}" -- "-$pid"
		for _ in $(seq 200); do
			[ -e "/proc/$pid" ] || break
			sleep 0.05
		done
		;;
	esac
	return 0
}

# start_node <party>
start_node() {
	start_process "$1" "$out/$1/chirod.log" chirod -f "$out/$1/node/chirod.conf"
}

# stop_node <party> [signal]: all processes of the node.
stop_node() {
	stop_process "$@"
}

stop_nodes() {
	local file
	for file in "$out"/*.pid; do
		[ -e "$file" ] && stop_process "$(basename "$file" .pid)"
	done
	return 0
}
