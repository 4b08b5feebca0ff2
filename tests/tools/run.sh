#!/usr/bin/env bash
# Opens the window with the sample clusters. Without a display, starts one, performs the sample migration in that window
# by a pointer drag, saves a picture, prints the report and ends; RAINFERRY_STAY=1 keeps the window open.
set -eu
cd "$(dirname "$0")/../.."
if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
  exec env RAINFERRY_SAMPLES=1 target/debug/rainferry
fi
echo "There is no display here: starting one (Xvfb), and migrating a sample app in the window"
export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"
exec tests/tools/session.sh node tests/window/show.mjs
