#!/usr/bin/env bash
# Signs the packages that were built, for updates: `X.sig` beside each, which names file and version. Where there is no key nothing is
# signed, and that is said. The key comes from the environment alone (TAURI_SIGNING_PRIVATE_KEY, …_PASSWORD): `tauri signer generate`.
set -eu
cd "$(dirname "$0")/../.."
if [ -z "${TAURI_SIGNING_PRIVATE_KEY:-}" ]; then
  echo "sign: TAURI_SIGNING_PRIVATE_KEY is not set; nothing was signed"
  exit 0
fi
export TAURI_SIGNING_PRIVATE_KEY_PASSWORD="${TAURI_SIGNING_PRIVATE_KEY_PASSWORD:-}"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
bundles=target/${1:-release}/bundle
shopt -s nullglob
# What replaces a program there is the folder itself, packed.
for app in "$bundles"/macos/*.app; do
  tar -C "$bundles/macos" -czf "${app%.app}_${version}_$(uname -m).app.tar.gz" "$(basename "$app")"
done
for package in "$bundles"/deb/*.deb "$bundles"/rpm/*.rpm "$bundles"/appimage/*.AppImage "$bundles"/macos/*.app.tar.gz "$bundles"/nsis/*-setup.exe; do
  ui/node_modules/.bin/tauri signer sign --app-version "$version" "$package" >/dev/null
  echo "sign: $package.sig"
done
