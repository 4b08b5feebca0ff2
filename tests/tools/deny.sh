#!/usr/bin/env bash
# Licences, bans and sources of every crate in the tree. Compiles cargo-deny at first use (about 3 minutes).
set -eu
cd "$(dirname "$0")/../.."
tools=target/tools
if [ ! -x "$tools/bin/cargo-deny" ]; then
  CARGO_TARGET_DIR=target/tools/build cargo install --quiet --locked --root "$tools" cargo-deny --version 0.20.2
  rm -rf target/tools/build
fi
"$tools/bin/cargo-deny" --log-level error check licenses bans sources
