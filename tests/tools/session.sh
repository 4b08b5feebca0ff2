#!/usr/bin/env bash
# Runs a command in a desktop session of its own: a screen, a session bus, a keyring, a window manager, private folders.
# Ends what it started, and nothing else.
set -eu
if [ "${1:-}" != --inside ]; then
  exec xvfb-run --auto-servernum --server-args="-screen 0 1360x900x24 -nolisten tcp" dbus-run-session -- "$0" --inside "$@"
fi
shift
folder=$(mktemp -d)
export HOME="$folder" XDG_DATA_HOME="$folder/data" XDG_CONFIG_HOME="$folder/config" XDG_CACHE_HOME="$folder/cache"
export XDG_RUNTIME_DIR="$folder/run" GDK_BACKEND=x11 NO_AT_BRIDGE=1 LIBGL_ALWAYS_SOFTWARE=1 WEBKIT_DISABLE_DMABUF_RENDERER=1
mkdir -p "$XDG_DATA_HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_RUNTIME_DIR"
chmod 700 "$XDG_RUNTIME_DIR"
printf 'rainferry' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
openbox >/dev/null 2>&1 &
manager=$!
trap 'kill "$manager" 2>/dev/null || true; wait "$manager" 2>/dev/null || true; rm -rf "$folder"' EXIT
"$@"
