#!/usr/bin/env bash
# Packs what was built into the installers of this system, or those that are named: `bundle.sh debug deb`, `bundle.sh release`.
# The command line comes along on Linux.
set -eu
cd "$(dirname "$0")/../.."
profile=$1
case "$(uname -s)" in
  Linux) own=deb,rpm ;;
  Darwin) own=app,dmg ;;
  *) own=nsis ;;
esac
kinds=${2:-$own}
program=$PWD/target/$profile/rainferry-cli
words=(--bundles "$kinds" --ci)
[ "$profile" = release ] || words+=(--debug)
case "$(uname -s)" in
  Linux)
    files="\"files\": {\"/usr/bin/rainferry-cli\": \"$program\"}"
    words+=(--config "{\"bundle\": {\"linux\": {\"deb\": {$files}, \"rpm\": {$files}}}}")
    ;;
esac
cd src-tauri
exec ../ui/node_modules/.bin/tauri bundle "${words[@]}"
