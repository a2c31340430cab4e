#!/bin/bash
# The whole check of a fresh clone: installs what is missing, then types, lint and every test. Last line: `N passed, N failed`.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ ! -x node_modules/.bin/vitest ]; then
  npm ci --no-audit --no-fund --loglevel=error || { echo "0 passed, 1 failed"; exit 1; }
fi
scripts/services/install.sh || { echo "0 passed, 1 failed"; exit 1; }
failed=0
node_modules/.bin/tsc --noEmit || failed=$((failed + 1))
node_modules/.bin/biome check --max-diagnostics=50 . || failed=$((failed + 1))
export EXTRA_FAILED=$failed EXTRA_PASSED=$((2 - failed))
bin/node node_modules/vitest/vitest.mjs run "$@"
