# What the scripts of this folder share: speaking, processes with pid files, ports, secrets. Sourced, never run.
# shellcheck shell=bash disable=SC2034  # the sourcing script uses what is set here

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
compose=$project/compose
# shellcheck source=settings.sh source-path=SCRIPTDIR
. "$compose/settings.sh"
[[ $SYNCLINE_BUILD == /* ]] || SYNCLINE_BUILD=$project/$SYNCLINE_BUILD
run=$SYNCLINE_DATA/run logs=$SYNCLINE_DATA/log conf=$SYNCLINE_DATA/syncline.conf cli=$SYNCLINE_BUILD/bin/syncline

stores=(kafka postgres redis)
workers=(fetcher parser writer)
services=("${stores[@]}" opensubsonic "${workers[@]}")

bold='' dim='' red='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; fi

# say WHAT TEXT: one aligned line with the seconds since the outermost script began.
: "${SYNCLINE_BEGAN:=$EPOCHSECONDS}"
export SYNCLINE_BEGAN
say() {
  printf '%s%4ds%s  %s%-13s%s %s\n' "$dim" $((EPOCHSECONDS - SYNCLINE_BEGAN)) "$plain" "$bold" "$1" "$plain" "${*:2}"
}

# die PROBLEM [WHAT TO DO]...: one line each.
die() {
  printf '%s%s: %s%s\n' "$red" "${0##*/}" "$1" "$plain" >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}

# The comment at the top of a script is its help.
help_if_asked() {
  [[ " $* " == *" --help "* || " $* " == *" -h "* ]] || return 0
  sed -n '2,/^[^#]/{/^#/!q; s/^# \{0,1\}//; p}' "$0"
  exit 0
}

# expand NAME...: service names, one a line, in starting order; "workers" means all three.
expand() {
  local name wanted=" ${*/workers/${workers[*]}} "
  for name in "$@"; do
    [[ " workers ${services[*]} " == *" $name "* ]] || die "unknown service '$name'" "there are: ${services[*]} workers"
  done
  for name in "${services[@]}"; do
    [[ $wanted != *" $name "* ]] || echo "$name"
  done
}

# Only one script at a time changes a stack. Children must not inherit the lock: see spawn.
lock_stack() {
  mkdir -p "$run" "$logs"
  exec 9>"$run/lock"
  flock -w 120 9 || die "another compose/up or compose/down has been busy with $SYNCLINE_DATA for two minutes"
}

# spawn NAME COMMAND...: in the background, in a session of its own; its log and pid file carry its name.
spawn() {
  local name=$1
  shift
  (cd / && exec setsid "$@" </dev/null >>"$logs/$name.log" 2>&1 9>&-) &
  echo "$! $(start_time $!)" >"$run/$name.pid"
}

# When a process began, in clock ticks since boot: with the pid it names one process, even after pids are reused. Nothing of one
# that is gone or waits to be asked how it ended (Z); while other threads of it are still ending, its ports are not free.
start_time() {
  local stat threads
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra stat <<<"${stat##*) }"
  threads=("/proc/$1/task/"*)
  [ "${stat[0]}" = Z ] && [ "${#threads[@]}" -le 1 ] || echo "${stat[19]}"
}

# pid_of NAME: fails unless exactly the process that was spawned lives.
pid_of() {
  local pid began
  { read -r pid began <"$run/$1.pid"; } 2>/dev/null || return 1
  [ -n "$began" ] && [ "$(start_time "$pid")" = "$began" ] && echo "$pid"
}

alive() { pid_of "$1" >/dev/null; }

# stop NAME...: asks all at once, then waits for each.
stop() {
  local name pid signal asked=()
  for name; do
    pid=$(pid_of "$name") || { rm -f "$run/$name.pid"; continue; }
    signal=TERM
    [ "$name" != postgres ] || signal=INT   # TERM would wait until the last client is gone
    kill -s "$signal" "$pid"
    asked+=("$name")
  done
  for name in "${asked[@]}"; do wait_gone "$name"; done
}

wait_gone() {
  local name=$1 pid tenths=$((STOP_SECONDS * 10))
  while pid=$(pid_of "$name") && [ $((tenths--)) -gt 0 ]; do sleep 0.1; done
  if pid=$(pid_of "$name"); then
    kill -s KILL "$pid"
    say "$name" "killed: it did not end within $STOP_SECONDS s"
  else
    say "$name" stopped
  fi
  rm -f "$run/$name.pid"
}

# Which setting holds a service's port, and the port.
port_setting() { case $1 in kafka-controller) echo KAFKA_CONTROLLER_PORT ;; *) echo "${1^^}_PORT" ;; esac; }
port_of() {
  local setting
  setting=$(port_setting "$1")
  echo "${!setting}"
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http_answers PORT PATH: any HTTP status line within two seconds.
http_answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&3
  read -r -t 2 line <&3 && [[ $line == HTTP/1.* ]]
) 2>/dev/null

# random_hex BYTES
random_hex() { od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'; }

# secret FILE BYTES: makes the file, readable by its owner only, if it is not there yet.
secret() {
  [ -s "$1" ] || (umask 077 && random_hex "$2" >"$1.new" && mv "$1.new" "$1")
}
