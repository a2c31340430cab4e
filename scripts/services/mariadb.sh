#!/bin/bash
# mariadb.sh DIR PORT [secure]: one MariaDB with a row binlog and its data in DIR, on 127.0.0.1:PORT, user root without a password, in the
# foreground. `secure`: it takes TLS alone, with a certificate of its own (DIR/trust.pem).
set -eu
dir=$(mkdir -p "$1" && cd "$1" && pwd) port=$2
[ -d "$dir/mysql" ] || mariadb-install-db --no-defaults --datadir="$dir" --user=root --auth-root-authentication-method=normal > /dev/null
tls=()
if [ "${3:-}" = secure ]; then
  [ -f "$dir/trust.pem" ] || openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$dir/key.pem" -out "$dir/trust.pem" 2> /dev/null
  tls=(--ssl-cert="$dir/trust.pem" --ssl-key="$dir/key.pem" --require-secure-transport=ON)
fi
exec mariadbd --no-defaults --datadir="$dir" --user=root --port="$port" --socket="$dir/s.sock" --bind-address=127.0.0.1 \
  --skip-name-resolve --log-bin=bin --binlog-format=ROW --binlog-row-image=FULL --binlog-row-metadata=FULL --server-id=1 "${tls[@]}"
