# What the checks of the simulator share: starting it, judging, its control interface. Sourced, never run; $1 is the path to
# syncline-simulator.
# shellcheck shell=bash
# shellcheck disable=SC2034  # what those who source it use
set -u
simulator=${1:-syncline-simulator}
work=$(mktemp -d)
passed=0 failed=0 pid=
trap '[ -n "$pid" ] && kill "$pid"; rm -rf "$work"' EXIT

# A simulator that died on the way, or ends badly, is a failure by itself.
stop() {
	[ -n "$pid" ] || return
	kill "$pid" 2>/dev/null
	wait "$pid"
	is "the simulator of '$base' ends well" 0 $?
	pid=
}

# start OPTIONS...: a new simulator on a free port; $base is its address.
start() {
	stop
	: >"$work/out"
	"$simulator" "$@" >"$work/out" &
	pid=$!
	for _ in $(seq 100); do
		base=$(sed -n 's/^listening on //p' "$work/out")
		[ -n "$base" ] && return
		sleep 0.05
	done
	echo "the simulator did not start: $*"
	exit 1
}

is() { # NAME WANT GOT
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED $1: wanted '${2:0:300}', got '${3:0:300}'"
	fi
}

has() { # NAME PART TEXT
	case $3 in
	*"$2"*) passed=$((passed + 1)) ;;
	*) is "$1" "...$2..." "$3" ;;
	esac
}

lacks() { # NAME PART TEXT
	case $3 in
	*"$2"*) is "$1" "no $2" "$3" ;;
	*) passed=$((passed + 1)) ;;
	esac
}

sim() { curl -s -m 20 -X POST "$base/_sim/$1"; }
truth() { curl -s -m 20 "$base/_sim/truth?kind=$1"; }
stat_of() { curl -s "$base/_sim/stats" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
fault() { sim "fault?$1" >"$work/fault"; }

# Asks for the rest of the tools; 77: this machine lacks one.
needs() {
	local tool
	for tool; do
		command -v "$tool" >/dev/null && continue
		echo "skipped: $tool is missing"
		exit 77
	done
}

conclude() {
	stop
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
