#!/usr/bin/env bash
# Known weaknesses of what we depend on. Where a database cannot be reached nothing was looked at, and that is what is said:
# exit code 3. Found weaknesses: exit code 1.
set -u
cd "$(dirname "$0")/../.."
unknown=0 found=0
unreached() {
  echo "audit: the advisories for $1 cannot be reached from here; nothing was looked at" >&2
  unknown=1
}

if said=$(tests/tools/deny.sh advisories 2>&1); then
  echo "audit: no known weakness in the crates"
elif grep -Eqi 'failed to (fetch|clone)|advisory database|could not (resolve|connect)|network|unable to connect|git operation' <<<"$said"; then
  unreached "crates (RustSec, by cargo-deny)"
else
  echo "$said" >&2
  found=1
fi

if said=$(npm --prefix ui audit --omit=dev --json 2>/dev/null); then
  echo "audit: no known weakness in the page's packages"
elif grep -q '"vulnerabilities"' <<<"$said"; then
  echo "$said" >&2
  found=1
else
  unreached "the page's packages (npm)"
fi

[ "$found" = 0 ] || exit 1
[ "$unknown" = 0 ] || exit 3
