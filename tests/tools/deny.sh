#!/usr/bin/env bash
# Licences, bans and sources of every crate in the tree; or what else is asked of cargo-deny. Compiles it at first use (about
# 3 minutes), unless there is one; `--if-there` does nothing instead.
set -eu
cd "$(dirname "$0")/../.."
tools=target/tools
deny="${CARGO_DENY:-$tools/bin/cargo-deny}"
[ -x "$deny" ] || deny=$(command -v cargo-deny || true)
if [ "${1:-}" = --if-there ]; then
  shift
  if [ -z "$deny" ]; then
    echo "deny: no cargo-deny here; make deny builds one"
    exit 0
  fi
fi
if [ -z "$deny" ]; then
  CARGO_TARGET_DIR=target/tools/build cargo install --quiet --locked --root "$tools" cargo-deny --version 0.20.2
  rm -rf target/tools/build
  deny="$tools/bin/cargo-deny"
fi
[ $# -gt 0 ] || set -- licenses bans sources
"$deny" --log-level error check "$@"
