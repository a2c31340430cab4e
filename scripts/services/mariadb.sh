#!/bin/bash
# mariadb.sh DIR PORT: one MariaDB with a row binlog and its data in DIR, on 127.0.0.1:PORT, user root without a password, in the foreground.
set -eu
dir=$(mkdir -p "$1" && cd "$1" && pwd) port=$2
[ -d "$dir/mysql" ] || mariadb-install-db --no-defaults --datadir="$dir" --user=root --auth-root-authentication-method=normal > /dev/null
exec mariadbd --no-defaults --datadir="$dir" --user=root --port="$port" --socket="$dir/s.sock" --bind-address=127.0.0.1 \
  --skip-name-resolve --log-bin=bin --binlog-format=ROW --binlog-row-image=FULL --binlog-row-metadata=FULL --server-id=1
