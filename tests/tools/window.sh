#!/usr/bin/env bash
# The real window under a screen of its own, driven as a person would. Pictures go to target/screenshots.
set -eu
cd "$(dirname "$0")/../.."
export CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"
# A program that never ends would keep the runner waiting for its output.
exec tests/tools/session.sh timeout --kill-after=10 1200 node --test --test-concurrency=1 --test-reporter=spec tests/window/
