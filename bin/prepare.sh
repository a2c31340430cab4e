# Sourced by the front doors: finds a Node of version 24 or newer and the built program, and makes both when they are missing.
# Sets: millrace_root, millrace_node, millrace_main.
millrace_root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
millrace_main=$millrace_root/dist/main.js

find_node() {
  for millrace_node in "$millrace_root"/node_modules/node-*/bin/node "$(command -v node)"; do
    [ -x "$millrace_node" ] && "$millrace_node" -e 'process.exit(parseInt(process.versions.node) >= 24 ? 0 : 1)' && return 0
  done
  return 1
}

# The Node of this folder is not asked for its version again at every start: that would cost 40 ms.
quick_node() {
  for millrace_node in "$millrace_root"/node_modules/node-*/bin/node; do
    [ -x "$millrace_node" ] && return 0
  done
  return 1
}

install_packages() {
  command -v npm > /dev/null || { echo "Millrace needs npm once, to get its packages: install Node 20 or newer with npm." >&2; exit 3; }
  echo "Getting Node and packages (once, about 15 s) …" >&2
  (cd "$millrace_root" && npm ci --omit=dev --no-audit --no-fund --loglevel=error > /dev/null 2>"$millrace_root/install.log") ||
    { echo "The packages could not be installed: see $millrace_root/install.log" >&2; exit 3; }
  rm -f "$millrace_root/install.log"
}

if [ ! -d "$millrace_root/node_modules/kafkajs" ]; then install_packages; fi
quick_node || find_node || { echo "No Node of version 24 or newer was found for this machine." >&2; exit 3; }
if [ ! -f "$millrace_main" ] || [ -n "$(find "$millrace_root/src" "$millrace_root/scripts/build.ts" "$millrace_root/package-lock.json" -newer "$millrace_main" -type f -print -quit 2>/dev/null)" ]; then
  "$millrace_node" --disable-warning=ExperimentalWarning "$millrace_root/scripts/build.ts" || { echo "The program could not be built." >&2; exit 3; }
fi
export NODE_COMPILE_CACHE="$millrace_root/dist/cache"
