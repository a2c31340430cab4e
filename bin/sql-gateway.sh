#!/bin/sh
# The SQL gateway: sql-gateway.sh start|start-foreground|stop [--home DIR] [-Dkey=value]…
. "$(dirname "$(readlink -f "$0")")/prepare.sh"
exec "$millrace_node" --disable-warning=ExperimentalWarning "$millrace_main" gateway "$@"
