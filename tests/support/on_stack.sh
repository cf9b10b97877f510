# Finds or starts the stack that a suite of tests runs on. Sourced by suites' own scripts, which parse their arguments first.
#
# A stack that answers on the ports of compose/settings.sh (SYNCLINE_DATA, KAFKA_PORT ...) is used and left running.
# Otherwise one is started, and stopped and removed at the end unless `keep` is set; without SYNCLINE_DATA in
# /var/tmp/syncline-e2e, on ports of its own. Binaries: SYNCLINE_BUILD, else build/asan, else build/release.
# shellcheck shell=bash source-path=SCRIPTDIR
# shellcheck disable=SC2154  # project and compose come from lib.sh

support=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ -z "${SYNCLINE_DATA:-}" ]; then
  export SYNCLINE_DATA=/var/tmp/syncline-e2e
  : "${KAFKA_PORT:=21092}" "${POSTGRES_PORT:=21432}" "${REDIS_PORT:=21379}"
  export KAFKA_PORT POSTGRES_PORT REDIS_PORT
fi
if [ -z "${SYNCLINE_BUILD:-}" ]; then
  SYNCLINE_BUILD=build/release
  [ ! -x "$support/../../build/asan/bin/syncline-writer" ] || SYNCLINE_BUILD=build/asan
fi
export SYNCLINE_BUILD
# shellcheck source=../../compose/lib.sh
. "$support/../../compose/lib.sh"

# on_stack [keep]: afterwards programs and services are there.
on_stack() {
  local keep=${1:-} name fresh=()
  for name in syncline syncline-fetcher syncline-parser syncline-writer syncline-simulator; do
    [ -x "$SYNCLINE_BUILD/bin/$name" ] || die "$name is not in $SYNCLINE_BUILD/bin" "compose/build asan"
  done
  export PYTHONPATH=$support TEST_BUILD=$SYNCLINE_BUILD
  ! { listening "$KAFKA_PORT" && listening "$POSTGRES_PORT" && listening "$REDIS_PORT"; } || return 0
  [ -e "$SYNCLINE_DATA" ] || fresh=(--erase --yes)
  # shellcheck disable=SC2064  # as they are now
  [ -n "$keep" ] || trap "'$compose/down' ${fresh[*]} >/dev/null" EXIT
  "$compose/up" kafka postgres redis
}
