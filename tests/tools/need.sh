#!/usr/bin/env bash
# Says which of the named programs is missing, and stops.
set -eu
missing=()
for program in "$@"; do command -v "$program" >/dev/null || missing+=("$program"); done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Missing: ${missing[*]}" >&2
  echo "Rainferry is built with Rust 1.95 or newer (https://rustup.rs) and Node 20 or newer (https://nodejs.org)." >&2
  exit 1
fi
