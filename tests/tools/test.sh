#!/usr/bin/env bash
# Everything that must hold, in the order of cost; prints how long each chapter took.
set -eu
cd "$(dirname "$0")/../.."
chapter() {
  local name="$1" begun=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "== $name: $((SECONDS - begun)) s"
}
page() {
  npm --prefix ui run --silent test
  npm --prefix ui run --silent build
}
supply() {
  python3 tests/tools/supply.py
  tests/tools/deny.sh --if-there
}
rust() {
  cargo build --workspace --all-targets --quiet
  cargo test --workspace --all-targets --quiet
}
demo() {
  local last
  last=$(target/debug/rainferry-cli demo --json | tail -n 1)
  echo "$last"
  case "$last" in
    *'"ok":true'*) ;;
    *) return 1 ;;
  esac
}
chapter "page" page
chapter "supply" supply
chapter "store" tests/tools/seaweedfs.sh
chapter "lint" tests/tools/lint.sh
chapter "rust" rust
chapter "demo" demo
chapter "window" tests/tools/window.sh
echo "All of it: $SECONDS s"
