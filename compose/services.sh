# How each service is prepared, started and asked whether it answers. Sourced by compose/up.
#
# prepare_NAME makes files and may run once or every time; start_NAME spawns the process; NAME_answers is asked
# until it says yes.
# shellcheck shell=bash source-path=SCRIPTDIR
# shellcheck disable=SC2154  # lib.sh, sourced before, sets run, logs, conf and compose

make_data_folder() {
  mkdir -p "$run" "$logs" || die "cannot write to $SYNCLINE_DATA" "Choose another folder:  SYNCLINE_DATA=FOLDER compose/up"
}

# --- Kafka: one KRaft node ---

prepare_kafka() {
  [ -e "$KAFKA_LIBS/pom.xml" ] || "$compose/install" kafka
  { command -v java && command -v kcat; } >/dev/null || die "Java or kcat is missing: compose/install stack"
  mkdir -p "$SYNCLINE_DATA/kafka"
  kafka_properties >"$SYNCLINE_DATA/kafka/server.properties"
  [ ! -e "$SYNCLINE_DATA/kafka/data/meta.properties" ] || return 0
  kafka_java kafka.tools.StorageTool format --standalone -t "$(kafka_uuid)" \
    -c "$SYNCLINE_DATA/kafka/server.properties" >>"$logs/kafka.log" 2>&1 || failed kafka "could not format its folder"
}

# 16 random bytes in the letters Kafka accepts anywhere in a cluster's id.
kafka_uuid() { head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | cut -c 1-22; }

kafka_properties() {
  cat <<PROPERTIES
# Written by compose/up at every start; ports and sizes come from compose/settings.sh.
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT,CONTROLLER://127.0.0.1:$KAFKA_CONTROLLER_PORT
advertised.listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$KAFKA_CONTROLLER_PORT
log.dirs=$SYNCLINE_DATA/kafka/data
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
message.max.bytes=$KAFKA_MESSAGE_BYTES
replica.fetch.max.bytes=$KAFKA_MESSAGE_BYTES
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
PROPERTIES
}

# One node, one machine: a small heap and the simplest garbage collector.
kafka_command=(java -Xms256m "-Xmx$KAFKA_HEAP" -XX:+UseSerialGC
  "-Dlog4j2.configurationFile=file:$compose/kafka/log4j2.properties" -cp "$KAFKA_LIBS/*")
kafka_java() { "${kafka_command[@]}" "$@"; }

start_kafka() { spawn kafka "${kafka_command[@]}" kafka.Kafka "$SYNCLINE_DATA/kafka/server.properties"; }

kafka_answers() { listening "$KAFKA_PORT" && kcat -L -b "127.0.0.1:$KAFKA_PORT" -m 2 >/dev/null 2>&1; }

# --- Postgres: a cluster of its own. The server refuses to run as root, so root runs it as user postgres. ---

pg_folder=$SYNCLINE_DATA/postgres
as_postgres=()
[ "$(id -u)" != 0 ] || as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups --)

pg_bin() {
  local version='*'
  [ ! -e "$pg_folder/data/PG_VERSION" ] || version=$(<"$pg_folder/data/PG_VERSION")
  # shellcheck disable=SC2086  # a pattern
  bin=$(printf '%s\n' /usr/lib/postgresql/$version/bin | sort -V | tail -n 1)
  [ -x "$bin/postgres" ] || die "there is no Postgres server in $bin" "Install one:  compose/install stack" \
    "Data of another version is kept; to begin anew:  compose/down --erase"
}

prepare_postgres() {
  pg_bin
  mkdir -p "$pg_folder"
  if [ "$(id -u)" = 0 ]; then
    chown postgres: "$pg_folder"
    "${as_postgres[@]}" test -w "$pg_folder" || die "user postgres cannot reach $pg_folder" \
      "Postgres does not run as root: every folder above needs mode 755, or choose another SYNCLINE_DATA"
  fi
  chmod 700 "$pg_folder"
  [ -e "$pg_folder/data/PG_VERSION" ] || init_postgres
  pg_settings >"$pg_folder/data/conf.d/syncline.conf"
  await_dead_server
}

# A server that was killed can stay in the process table for a moment, and the next one would take it for alive.
await_dead_server() {
  local pid tries=50
  { read -r pid <"$pg_folder/data/postmaster.pid"; } 2>/dev/null || return 0
  while [ -e "/proc/$pid" ] && [ $((tries--)) -gt 0 ]; do sleep 0.1; done
}

init_postgres() {
  [ ! -e "$pg_folder/data" ] || die "$pg_folder/data is there and is no database: parts of it were removed" \
    "To begin anew:  compose/down --erase"
  secret "$pg_folder/password" 16
  [ "$(id -u)" != 0 ] || chown postgres: "$pg_folder/password"
  rm -rf "$pg_folder/new"
  (cd / && "${as_postgres[@]}" "$bin/initdb" -D "$pg_folder/new" -U postgres --pwfile="$pg_folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums) >>"$logs/postgres.log" 2>&1 ||
    failed postgres "could not make its folder"
  "${as_postgres[@]}" mkdir "$pg_folder/new/conf.d"
  echo "include_dir = 'conf.d'" >>"$pg_folder/new/postgresql.conf"
  mv "$pg_folder/new" "$pg_folder/data"
}

pg_settings() {
  local sockets=$pg_folder
  [ ${#sockets} -lt 80 ] || sockets=   # a socket's path has at most 107 bytes
  cat <<SETTINGS
# Written by compose/up at every start; ports and sizes come from compose/settings.sh.
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = '$sockets'
shared_buffers = $POSTGRES_SHARED_BUFFERS
max_wal_size = $POSTGRES_MAX_WAL
wal_compression = lz4
jit = off
SETTINGS
}

start_postgres() { pg_bin; spawn postgres "${as_postgres[@]}" "$bin/postgres" -D "$pg_folder/data"; }

postgres_answers() { pg_bin; "$bin/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT"; }

# The pipeline's user owns its database and is nothing more: a privilege it lacks shows here, not in production.
create_database() {
  local superuser=("$compose/psql" -q -v ON_ERROR_STOP=1 -U postgres -d postgres)
  [ -z "$("${superuser[@]}" -Atc "select 1 from pg_database where datname = 'syncline'")" ] || return 0
  "${superuser[@]}" -v password="$(<"$pg_folder/password")" <<'SQL'
create role syncline login password :'password';
create database syncline owner syncline;
SQL
  say database "syncline created"
}

write_conf() {
  (umask 077 && cat >"$conf" <<CONF)
# Written by compose/up at every start; ports and folders come from compose/settings.sh.
kafka_brokers = 127.0.0.1:$KAFKA_PORT
postgres = postgresql://syncline:$(<"$pg_folder/password")@127.0.0.1:$POSTGRES_PORT/syncline
redis = redis://127.0.0.1:$REDIS_PORT/0
key_file = $SYNCLINE_DATA/syncline.key
CONF
}

# --- Redis ---

prepare_redis() {
  command -v redis-server >/dev/null || die "Redis is missing: compose/install stack"
  mkdir -p "$SYNCLINE_DATA/redis"
}

start_redis() {
  spawn redis redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$SYNCLINE_DATA/redis" --appendonly yes \
    --save "" --maxmemory-policy noeviction --daemonize no
}

redis_answers() { [ "$(redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>/dev/null)" = PONG ]; }

# --- the demo's music server: supysonic, and its daemon, without which it cannot tell whether it is scanning ---

prepare_opensubsonic() { "$compose/opensubsonic" prepare; }

start_opensubsonic() {
  local folder=$SYNCLINE_DATA/opensubsonic   # both read supysonic.conf of their working folder
  alive scan-daemon || spawn scan-daemon env -C "$folder" supysonic-daemon
  spawn opensubsonic env -C "$folder" supysonic-server --server waitress --host "$OPENSUBSONIC_HOST" \
    --port "$OPENSUBSONIC_PORT"
}

opensubsonic_answers() { http_answers "$OPENSUBSONIC_PORT" /rest/ping.view; }

# --- the workers ---

prepare_worker() {
  [ -x "$SYNCLINE_BUILD/bin/syncline-$1" ] || die "syncline-$1 is not built: compose/build"
  [ -e "$conf" ] || die "there is no $conf yet: compose/up kafka postgres redis"
}

start_worker() {
  spawn "$1" "$SYNCLINE_BUILD/bin/syncline-$1" --config "$conf" --health-port "$(port_of "$1")" --worker-name "demo-$1"
}

prepare_fetcher() { prepare_worker fetcher; }
prepare_parser() { prepare_worker parser; }
prepare_writer() { prepare_worker writer; }
start_fetcher() { start_worker fetcher; }
start_parser() { start_worker parser; }
start_writer() { start_worker writer; }
fetcher_answers() { http_answers "$FETCHER_PORT" /healthz; }
parser_answers() { http_answers "$PARSER_PORT" /healthz; }
writer_answers() { http_answers "$WRITER_PORT" /healthz; }
