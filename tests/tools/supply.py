#!/usr/bin/env python3
"""What may come into the tree, as far as cargo's own words tell it, in seconds and without a network: every crate comes from
crates.io and is under a licence of deny.toml, and every dependency that a crate names is used in its sources. `make deny` looks
closer, at the texts of licences."""
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"
# Named for what they bring, never spoken to: a feature of another crate needs them.
SILENT = {("rainferry", "tauri-build")}
# Used by `tests/it/signer.rs`, which the shell's tests share.
SHARED = {("rainferry", "base64"), ("rainferry", "minisign")}


def metadata():
    words = ["cargo", "metadata", "--format-version", "1", "--locked"]
    return json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def allowed(expression, licences):
    """Whether an SPDX expression can be met with these licences. Old manifests write `MIT/Apache-2.0`."""
    words = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    at = 0

    def word():
        return words[at] if at < len(words) else None

    def either():
        nonlocal at
        good = both()
        while word() == "OR":
            at += 1
            good = both() or good
        return good

    def both():
        nonlocal at
        good = one()
        while word() == "AND":
            at += 1
            good = one() and good
        return good

    def one():
        nonlocal at
        if word() == "(":
            at += 1
            good = either()
            at += 1
            return good
        name = words[at]
        at += 1
        if word() == "WITH":
            name = f"{name} WITH {words[at + 1]}"
            at += 2
        return name in licences or name.split(" WITH ")[0] in licences

    return either()


def foreign(packages, licences):
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if package["source"] is None:
            continue
        if package["source"] != CRATES_IO:
            yield f"{name} comes from {package['source']}"
        if not package["license"]:
            yield f"{name} names no licence"
        elif not allowed(package["license"], licences):
            yield f"{name} is under {package['license']}"


def library(packages):
    """What sources call a package: md-5 is `md5`."""
    kinds = {"lib", "proc-macro", "rlib", "cdylib", "dylib", "staticlib"}
    targets = [(package["name"], target) for package in packages for target in package["targets"]]
    return {name: target["name"].replace("-", "_") for name, target in targets if kinds & set(target["kind"])}


def unused(packages):
    names = library(packages)
    for package in (package for package in packages if package["source"] is None):
        folder = Path(package["manifest_path"]).parent
        # A crate inside a crate's folder speaks for itself.
        inner = [path.parent for path in folder.rglob("Cargo.toml") if path.parent != folder]
        files = [file for file in folder.rglob("*.rs") if not any(file.is_relative_to(other) for other in inner)]
        text = "\n".join(file.read_text() for file in files if "target" not in file.parts)
        for dependency in package["dependencies"]:
            name = dependency["rename"] or names.get(dependency["name"], dependency["name"])
            if not re.search(rf"\b{name.replace('-', '_')}\b", text) and (package["name"], dependency["name"]) not in SILENT | SHARED:
                yield f"{package['name']} names {dependency['name']} and does not use it"


def main():
    packages = metadata()["packages"]
    licences = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    assert allowed("(MIT OR GPL-3.0) AND Unicode-3.0", licences) and not allowed("MIT AND GPL-3.0", licences)
    wrong = [*foreign(packages, licences), *unused(packages)]
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"supply: {len(packages)} crates, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
