#!/usr/bin/env bash
# Formats, lints, and the walls that cargo can see.
set -eu
cd "$(dirname "$0")/../.."
cargo fmt --all --check
cargo clippy --quiet --workspace --all-targets -- -D warnings
# Test programs that are no part of `cargo test` are no part of all targets either.
cargo clippy --quiet --workspace --test crash --test faults --test hostile --test matrix --test security -- -D warnings

# The core and the command line know no window, the sandbox knows nothing of ours, and there is one TLS stack.
gate() { # package, what it must not depend on
  if cargo tree -p "$1" -e normal --prefix none 2>/dev/null | grep -Eq "^($2) v"; then
    echo "$1 must not depend on $2" >&2
    exit 1
  fi
}
gate rainferry-core 'tauri|wry|tao|gtk|rainferry-sandbox'
gate rainferry-cli 'tauri|wry|tao|gtk'
gate rainferry-sandbox 'rainferry-core|tauri'
if grep -Eq '^name = "(aws-lc-rs|aws-lc-sys|openssl|openssl-sys|native-tls)"' Cargo.lock; then
  echo "Cargo.lock holds a second TLS stack" >&2
  exit 1
fi
npm --prefix ui run --silent check
