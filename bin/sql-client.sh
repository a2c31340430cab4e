#!/bin/sh
# The SQL client: sql-client.sh [embedded|gateway|run|stop] [options]; sql-client.sh --help lists them.
. "$(dirname "$(readlink -f "$0")")/prepare.sh"
exec "$millrace_node" --disable-warning=ExperimentalWarning "$millrace_main" shell "$@"
