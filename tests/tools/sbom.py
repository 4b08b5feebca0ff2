#!/usr/bin/env python3
"""What the program is made of, as CycloneDX JSON: the crates that the window and the command line are built from, and the
packages of the page, from the two lock files. The same tree gives the same file."""
import base64
import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {"rainferry", "rainferry-cli"}


def crates():
    words = ["cargo", "metadata", "--format-version", "1", "--locked"]
    told = json.loads(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    locked = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    sums = {(row["name"], row["version"]): row.get("checksum") for row in locked}

    def shipped(node):
        kinds = lambda row: {kind["kind"] for kind in row["dep_kinds"]}
        return [row["pkg"] for row in node["deps"] if None in kinds(row)]

    reached, waiting = set(), [key for key, package in packages.items() if package["name"] in PROGRAMS]
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += shipped(nodes[key])
    ref = lambda key: f"pkg:cargo/{packages[key]['name']}@{packages[key]['version']}"
    for key in reached:
        package = packages[key]
        component = {"type": "library", "bom-ref": ref(key), "name": package["name"], "version": package["version"], "purl": ref(key)}
        if package["license"]:
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if checksum := sums.get((package["name"], package["version"])):
            component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        yield component, sorted({ref(other) for other in shipped(nodes[key])})


def page():
    lock = json.loads((ROOT / "ui/package-lock.json").read_text())
    for path, row in lock["packages"].items():
        if not path or row.get("dev") or row.get("devOptional"):
            continue
        name = path.rsplit("node_modules/", 1)[-1]
        ref = f"pkg:npm/{name.replace('@', '%40', 1)}@{row['version']}"
        component = {"type": "library", "bom-ref": ref, "name": name, "version": row["version"], "purl": ref}
        if row.get("license"):
            component["licenses"] = [{"expression": row["license"]}]
        if row.get("integrity", "").startswith("sha512-"):
            digest = base64.b64decode(row["integrity"].removeprefix("sha512-"))
            component["hashes"] = [{"alg": "SHA-512", "content": digest.hex()}]
        yield component, []


def main():
    to = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "target/rainferry.cdx.json")
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"]
    rows = {component["bom-ref"]: (component, needs) for component, needs in [*crates(), *page()]}
    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "rainferry-program", "name": "Rainferry", "version": version}},
        "components": [rows[ref][0] for ref in sorted(rows)],
        "dependencies": [{"ref": ref, "dependsOn": rows[ref][1]} for ref in sorted(rows)],
    }
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n")
    print(f"sbom: {len(rows)} components in {to.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
