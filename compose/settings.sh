# Every port, folder and size of a local Syncline, with its default. Sourced by the other scripts, never run.
#
# Each can be set in the environment, so a second stack beside the first is only a matter of other values:
#   SYNCLINE_DATA=/tmp/second KAFKA_PORT=29092 ... compose/up
# shellcheck shell=bash disable=SC2034  # the sourcing script uses what is set here

if [ "$(id -u)" = 0 ]; then
  : "${SYNCLINE_DATA:=/var/lib/syncline}" "${SYNCLINE_CACHE:=/var/cache/syncline}"
else
  : "${SYNCLINE_DATA:=${XDG_DATA_HOME:-$HOME/.local/share}/syncline}"
  : "${SYNCLINE_CACHE:=${XDG_CACHE_HOME:-$HOME/.cache}/syncline}"
fi
: "${SYNCLINE_BUILD:=build/release}"      # where compose/build puts the binaries, relative to the project

# Ports. Everything listens on 127.0.0.1 only, and clear of the servers' usual ports, so that a system service is never in the way.
: "${KAFKA_PORT:=19092}"
: "${KAFKA_CONTROLLER_PORT:=$((KAFKA_PORT + 1))}"
: "${POSTGRES_PORT:=15432}"
: "${REDIS_PORT:=16379}"
: "${OPENSUBSONIC_PORT:=14040}" "${OPENSUBSONIC_HOST:=127.0.0.1}"   # the host is another one only in a container
: "${FETCHER_PORT:=19101}" "${PARSER_PORT:=19102}" "${WRITER_PORT:=19103}"   # the workers' health and metrics

# Sizes.
: "${KAFKA_HEAP:=512m}"
: "${KAFKA_MESSAGE_BYTES:=9437184}"       # 9 MiB: an 8 MiB page and its envelope
: "${POSTGRES_SHARED_BUFFERS:=256MB}"
: "${POSTGRES_MAX_WAL:=4GB}"
: "${START_SECONDS:=60}"                  # how long a service may take until it answers
: "${STOP_SECONDS:=20}"                   # how long it may drain after TERM; longer than the workers' drain_ms

# The demo library: artists x albums per artist x tracks per album, about. Odd ones come on top.
: "${DEMO_ARTISTS:=150}" "${DEMO_ALBUMS:=3}" "${DEMO_TRACKS:=13}" "${DEMO_SEED:=1}"

: "${KAFKA_LIBS:=$SYNCLINE_CACHE/kafka}"   # the broker's jars, named by kafka/pom.xml; shared by all stacks
: "${OPENAPI_TOOLS:=$SYNCLINE_CACHE/openapi}"   # Prism and descriptions, named by tests/openapi/package-lock.json
: "${PYTHON_TOOLS:=$SYNCLINE_CACHE/python}"   # what judges the console, named by tests/e2e/requirements.txt
: "${KUBERNETES_TOOLS:=$SYNCLINE_CACHE/kubernetes}"   # Kubernetes' schemas, named by tests/deploy/requirements.txt

SYNCLINE_DATA=$(realpath -m -- "$SYNCLINE_DATA")
: "${DEMO_LIBRARY:=$SYNCLINE_DATA/library}"
