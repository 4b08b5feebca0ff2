#!/usr/bin/env python3
"""Builds the .deb and .rpm of what `cargo build` made, looks inside both, installs the .deb into a folder of its own by dpkg
itself, starts the installed program in a real window, and removes it again. The system's own packages are only asked."""
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rpm

ROOT = Path(__file__).resolve().parents[2]
SIZES = [16, 32, 48, 128, 256, 512]
TYPES = {"application/x-zstd-compressed-tar", "application/x-rainferry-bundle", "application/x-trash", "x-scheme-handler/rainferry"}
# Newer than whatever is built.
NEWER = "99.0.0"
DESKTOP = "/usr/share/applications/Rainferry.desktop"
FILES = {
    "/usr/bin/rainferry",
    "/usr/bin/rainferry-cli",
    DESKTOP,
    "/usr/share/mime/packages/rainferry.xml",
    "/usr/share/icons/hicolor/scalable/apps/rainferry.svg",
    *(f"/usr/share/icons/hicolor/{size}x{size}/apps/rainferry.png" for size in SIZES),
}


def run(*words, **more):
    return subprocess.run([str(word) for word in words], cwd=ROOT, check=True, text=True, **more)


def told(*words, **more):
    return run(*words, capture_output=True, **more).stdout


def newest(profile, kind):
    return max((ROOT / "target" / profile / "bundle" / kind).glob(f"*.{kind}"), key=lambda file: file.stat().st_mtime)


def check_files(names, read):
    """`read` gives a file's bytes."""
    missing = FILES - set(names)
    assert not missing, f"not in the package: {sorted(missing)}"
    for size in SIZES:
        png = read(f"/usr/share/icons/hicolor/{size}x{size}/apps/rainferry.png")
        assert png[:8] == b"\x89PNG\r\n\x1a\n" and int.from_bytes(png[16:20], "big") == size, f"the icon of {size} is another one"
    desktop = read(DESKTOP).decode()
    line = dict(part.split("=", 1) for part in desktop.splitlines() if "=" in part)
    assert line["Exec"] == "rainferry %U" and line["Icon"] == "rainferry", desktop
    assert line["Name"] == "Rainferry" and line["Name[zh_CN]"] == "雨渡", desktop
    assert set(line["MimeType"].rstrip(";").split(";")) == TYPES, line["MimeType"]
    for name in ("/usr/bin/rainferry", "/usr/bin/rainferry-cli"):
        assert read(name)[:4] == b"\x7fELF", f"{name} is no program"


def check_rpm(package):
    tags, files = rpm.read(package)
    assert tags["name"] == "rainferry" and tags["license"] == "MIT OR Apache-2.0", tags
    check_files(files, lambda name: files[name][1])
    for name in ("/usr/bin/rainferry", "/usr/bin/rainferry-cli"):
        assert files[name][0] & 0o777 == 0o755, f"{name} cannot be run by everybody"
    needs = " ".join(tags["requires"])
    for library in ("libwebkit2gtk-4.1", "libgtk-3"):
        assert library in needs, f"{library} is not in {needs}"


def check_deb(package, place):
    """Installs into `place`, with a package database of its own there."""
    database = place / "var/lib/dpkg"
    for folder in ("updates", "info", "triggers"):
        (database / folder).mkdir(parents=True)
    for file in ("status", "available"):
        (database / file).touch()
    needs = told("dpkg-deb", "--field", package, "Depends")
    for one in (need.split()[0] for need in needs.split(",")):
        assert "installed" in told("dpkg-query", "-W", "-f", "${Status}", one), f"{one} is no package here, or is not installed"
    dpkg = ["dpkg", f"--instdir={place}", f"--admindir={database}", f"--log={place}/dpkg.log", "--force-not-root", "--force-depends"]
    run(*dpkg, "--install", package, capture_output=True)
    assert "ok installed" in told("dpkg-query", f"--admindir={database}", "-W", "-f", "${Status}", "rainferry")
    check_files([name for name in FILES if (place / name[1:]).is_file()], lambda name: (place / name[1:]).read_bytes())
    validate(place)
    version = told(place / "usr/bin/rainferry-cli", "--version").strip()
    assert re.fullmatch(r"rainferry-cli \d+\.\d+\.\d+", version), version
    picture = start(place)
    updated = update(place, dpkg)
    assert told("dpkg-query", f"--admindir={database}", "-W", "-f", "${Version}", "rainferry") == NEWER
    run(*dpkg, "--purge", "rainferry", capture_output=True)
    left = [file for file in (place / "usr").rglob("*") if file.is_file() and file.suffix != ".cache"] if (place / "usr").exists() else []
    left = [file for file in left if "share/mime/" not in str(file)]
    assert not left, f"left behind: {left}"
    return f"{picture}; {updated}"


def update(place, dpkg):
    """The installed program installs a newer package by itself, which is a mark and the program as it was. Who would ask for a
    password asks for none: dpkg works in `place`."""
    with tempfile.TemporaryDirectory(prefix="rainferry-newer-") as folder:
        folder = Path(folder)
        arch = told("dpkg", "--print-architecture").strip()
        program, control, pkexec = folder / "tree/usr/bin/rainferry", folder / "tree/DEBIAN/control", folder / "bin/pkexec"
        for file, text in (
            (program, f'#!/bin/sh\necho $$ > "$RAINFERRY_HOME/started-anew"\nexec {shlex.quote(str(folder / "rainferry"))}\n'),
            (control, f"Package: rainferry\nVersion: {NEWER}\nArchitecture: {arch}\nMaintainer: a test\nDescription: newer\n"),
            (pkexec, f"#!/bin/sh\nshift\nexec {shlex.join(dpkg)} \"$@\"\n"),
        ):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        program.chmod(0o755)
        os.link(place / "usr/bin/rainferry", folder / "rainferry")
        pkexec.chmod(0o755)
        package = folder / f"Rainferry_{NEWER}_{arch}.deb"
        run("dpkg-deb", "--root-owner-group", "--build", folder / "tree", package, capture_output=True)
        signer = [ROOT / "ui/node_modules/.bin/tauri", "signer"]
        run(*signer, "generate", "--ci", "--password", "", "--write-keys", folder / "key", capture_output=True)
        run(*signer, "sign", "--private-key", (folder / "key").read_text(), "--password", "", "--app-version", NEWER, package, capture_output=True)
        env = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
        words = ["node", "tests/window/updated.mjs", f"{place}/usr/bin/rainferry", package, folder / "key.pub"]
        return told("tests/tools/session.sh", "timeout", "90", *words, env=env).strip().splitlines()[-1]


def validate(place):
    """By the desktop's own tools; their caches are what the system's triggers make of an installed package."""
    run("desktop-file-validate", place / DESKTOP[1:])
    run("update-desktop-database", place / "usr/share/applications")
    run("update-mime-database", place / "usr/share/mime", capture_output=True)


def start(place):
    """The installed program, found by the desktop as it finds every program."""
    folders = f"{place}/usr/share:{os.environ.get('XDG_DATA_DIRS', '/usr/local/share:/usr/share')}"
    env = {**os.environ, "PATH": f"{place}/usr/bin:{os.environ['PATH']}", "XDG_DATA_DIRS": folders}
    done = run("tests/tools/session.sh", "timeout", "90", "node", "tests/window/installed.mjs", f"{place}/usr/bin/rainferry", env=env, capture_output=True)
    return done.stdout.strip().splitlines()[-1]


def main():
    begun = time.monotonic()
    run("tests/tools/bundle.sh", "debug", "deb,rpm", capture_output=True)
    packed = time.monotonic()
    check_rpm(newest("debug", "rpm"))
    with tempfile.TemporaryDirectory(prefix="rainferry-packages-") as folder:
        said = check_deb(newest("debug", "deb"), Path(folder))
    for kind in ("deb", "rpm"):
        subprocess.run(["rm", "-rf", ROOT / "target/debug/bundle" / kind], check=True)
    print(f"packages: .deb and .rpm hold what they should; {said} (packed in {packed - begun:.0f} s, all {time.monotonic() - begun:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"{failed.cmd}: {failed.stdout or ''}{failed.stderr or ''}")
