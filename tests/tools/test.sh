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
# Samples: the whole of each is a command of its own.
crash() {
  cargo test --workspace --quiet --test crash -- --sample 3
}
faults() {
  cargo test --workspace --quiet --test faults -- --sample 40 --random 20
}
hostile() {
  cargo test --workspace --quiet --test hostile -- --sample 150
}
security() {
  cargo test --workspace --quiet --test security -- --only Official
}
bench() {
  cargo build --quiet --release --package rainferry-cli
  python3 tests/bench/goals.py --gate
}
chapter "page" page
chapter "supply" supply
chapter "store" tests/tools/seaweedfs.sh
chapter "lint" tests/tools/lint.sh
chapter "rust" rust
chapter "demo" demo
chapter "window" tests/tools/window.sh
chapter "packages" python3 tests/tools/packages.py
chapter "crash" crash
chapter "faults" faults
chapter "hostile" hostile
chapter "security" security
chapter "bench" bench
echo "All of it: $SECONDS s"
