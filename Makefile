# Rainferry. The two commands are `make run` and `make test`; `make demo` does the main job in the terminal.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test demo matrix install ui build lint rust window fmt bindings deny clean

help:
	@echo "make run    install what is missing, build, open the window with the sample clusters"
	@echo "make test   install what is missing, run everything"
	@echo "make demo   the main job in the terminal, on the sample clusters"
	@echo "make packages   installers for this system"

run: install build
	@tests/tools/run.sh

test: install
	@tests/tools/test.sh

demo: install-rust
	@cargo build --quiet -p rainferry-cli
	@target/debug/rainferry-cli demo

# For a machine with that target and its linker; name the result in RAINFERRY_HELPER_AARCH64 when building the program.
.PHONY: helper-arm64
helper-arm64:
	@RUSTFLAGS="-C target-feature=+crt-static" cargo build --profile helper --package rainferry-helper \
		--bin rainferry-helper --target aarch64-unknown-linux-gnu --target-dir target/helper

.PHONY: install-rust
install-rust:
	@tests/tools/need.sh cargo

install:
	@tests/tools/need.sh cargo node npm
	@tests/tools/install.sh

ui:
	@npm --prefix ui run build

build: ui
	@cargo build --workspace --all-targets

# Installers for this system, in target/release/bundle: .deb and .rpm, .app and .dmg, or a setup .exe.
.PHONY: packages
packages: install ui
	@cargo build --release --package rainferry --package rainferry-cli
	@tests/tools/bundle.sh release

# Every sample app between every two eras; writes the table of the READMEs with RAINFERRY_WRITE_MATRIX=1.
matrix: install-rust
	@cargo test --quiet --workspace --test matrix

# The program killed at every moment that matters; `make crash ARGS="--sample 5"` at some of them.
.PHONY: crash
crash: install-rust
	@cargo test --quiet --workspace --test crash -- $(ARGS)

# Every call of every recipe under every fault of a wire, and answers that are lost; `ARGS="--sample 40 --random 20"`: some.
.PHONY: faults
faults: install-rust
	@cargo test --quiet --workspace --test faults -- $(ARGS)

# What is secret stays where it belongs; `make security ARGS="--only Rebuild"`: one recipe.
.PHONY: security
security: install build
	@cargo test --quiet --workspace --test security -- $(ARGS)

# Known weaknesses of what we depend on; says so where the database cannot be reached.
.PHONY: audit
audit:
	@tests/tools/audit.sh

# What the program is made of, as CycloneDX: target/rainferry.cdx.json.
.PHONY: sbom
sbom:
	@python3 tests/tools/sbom.py target/rainferry.cdx.json

# Every bad file of the kept corpus through the door it would come in by; `ARGS="--sample 100 --only bundle"`: some.
.PHONY: hostile
hostile: install-rust
	@cargo test --quiet --workspace --test hostile -- $(ARGS)

# Readers of bytes from outside under libFuzzer, with a nightly compiler; `make fuzz ARGS=60`: so many seconds each.
.PHONY: fuzz
fuzz: install-rust
	@tests/tools/fuzz.sh $(ARGS)

# Ours and the peers side by side; its table is the README's. `make bench ARGS="--only 1,2 --runs 3"` for a part of it.
.PHONY: bench
bench: install-rust
	@cargo build --quiet --release --package rainferry-cli
	@python3 tests/bench/goals.py $(ARGS)

# Every scene of the real window, light and dark, in both languages: target/screenshots. `ARGS="plan report"`: only those;
# `ARGS=--keep` takes the pictures of the READMEs from them.
.PHONY: screenshots
screenshots: install build
	@CARGO_HOME="$${CARGO_HOME:-$$HOME/.cargo}" tests/tools/session.sh node tests/window/screenshots.mjs $(ARGS)

# How the real window holds 20,000 backups and a copy at full speed; `ARGS=--write` puts the table into the READMEs.
.PHONY: bench-ui
bench-ui: install build
	@CARGO_HOME="$${CARGO_HOME:-$$HOME/.cargo}" tests/tools/session.sh node tests/window/bench.mjs $(ARGS)

lint:
	@tests/tools/lint.sh

rust:
	@cargo test --workspace --all-targets

window:
	@tests/tools/window.sh

fmt:
	@cargo fmt --all
	@npm --prefix ui exec biome -- check --write .

bindings:
	@RAINFERRY_WRITE_BINDINGS=1 cargo test --workspace --all-targets the_committed_typescript

deny:
	@tests/tools/deny.sh

clean:
	@rm -rf target ui/dist ui/node_modules
