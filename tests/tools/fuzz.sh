#!/usr/bin/env bash
# Fuzzes every reader of bytes from outside for so many seconds each (`fuzz.sh 30`), beginning with real files. Needs a nightly
# compiler and cargo-fuzz; says so where they are not there, and fails only where a reader does.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-20}
if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "fuzz: not run: there is no nightly compiler (rustup toolchain install nightly)"
  exit 0
fi
tools=$PWD/target/tools
if ! cargo +nightly fuzz --version >/dev/null 2>&1; then
  PATH=$tools/bin:$PATH
  if ! cargo +nightly fuzz --version >/dev/null 2>&1 &&
    ! cargo install --quiet --locked --root "$tools" cargo-fuzz; then
    echo "fuzz: not run: cargo-fuzz is not there and could not be installed"
    exit 0
  fi
fi
export CARGO_TARGET_DIR=$PWD/target/fuzz
cd tests/fuzz
fixtures=../fixtures
seed() { # target, files
  local target=$1
  shift
  mkdir -p "corpus/$target"
  for file in "$@"; do
    cp "$file" "corpus/$target/$(basename "$(dirname "$file")")-$(basename "$file")"
  done
}
member() { # target, package, member
  mkdir -p "corpus/$1"
  unzip -p "$2" "*/$3" >"corpus/$1/$(basename "$(dirname "$2")")"
}
seed ticket "$fixtures"/recorded/v6.9.8/files/*.bak
seed package_directory "$fixtures"/packages/*/*.zip
for package in "$fixtures"/packages/*/*.zip; do
  member region_metadata "$package" region_apps_metadata.json
  member console_metadata "$package" console_apps_metadata.json
done
seed manifest "$fixtures"/bundles/*.manifest.json
seed journal "$fixtures"/journals/*.jsonl
seed envelope "$fixtures"/recorded/v6.9.8/2*.json
seed import_package "$fixtures"/templates/*/metadata.json
seed image "$fixtures"/bundles/*.json
count=0
for target in $(cargo +nightly fuzz list --fuzz-dir .); do
  echo "== $target"
  log=$CARGO_TARGET_DIR/$target.log
  mkdir -p "$CARGO_TARGET_DIR"
  if ! cargo +nightly fuzz run --fuzz-dir . "$target" -- -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=5 \
    -max_len=131072 -print_final_stats=1 >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "fuzz: $target failed; its input is in tests/fuzz/artifacts/$target" >&2
    exit 1
  fi
  grep "stat::number_of_executed_units" "$log"
  count=$((count + 1))
done
echo "fuzz: $count readers, $seconds s each, 0 failed"
