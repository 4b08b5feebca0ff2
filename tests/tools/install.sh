#!/usr/bin/env bash
# Installs what is missing: on Linux Debian packages for the window and its tests, everywhere npm packages of the page.
set -eu
cd "$(dirname "$0")/../.."

packages=(
  libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev          # to build the window
  xvfb xauth xdotool openbox webkit2gtk-driver dbus dbus-x11               # to drive it without a screen
  gnome-keyring libsecret-tools fonts-noto-cjk imagemagick x11-utils       # keyring, Chinese, pictures
  python3-gi gir1.2-gtk-3.0 python3-venv zstd                              # a file dragged in from the desktop; bundles
  docker-registry                                                          # images pushed into a registry that is not ours
  desktop-file-utils shared-mime-info                                      # packages looked at as a desktop does
)
missing=()
for package in "${packages[@]}"; do
  [ "$(uname -s)" = Linux ] || break
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Install what your system calls these, then try again." >&2
    exit 1
  fi
  echo "Installing ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! cmp -s ui/package-lock.json ui/node_modules/.installed-lock; then
  echo "Installing npm packages"
  npm --prefix ui ci --loglevel=error
  cp ui/package-lock.json ui/node_modules/.installed-lock
fi
