"""Reads an .rpm as far as a look inside needs: its tags, and every file with its content. Only gzip, as the bundler writes."""
import gzip
import hashlib
import struct

TAGS = {1000: "name", 1001: "version", 1014: "license", 1049: "requires", 1035: "digests", 1116: "folders_of",
        1117: "names", 1118: "folders"}
MAGIC = b"\x8e\xad\xe8\x01"


def header(data, at):
    """Tags of a header, and where what follows it begins."""
    assert data[at:at + 4] == MAGIC, "no header"
    count, size = struct.unpack(">II", data[at + 8:at + 16])
    store = at + 16 + count * 16
    tags = {}
    for entry in range(count):
        tag, kind, offset, many = struct.unpack(">IIII", data[at + 16 + entry * 16:at + 32 + entry * 16])
        if tag in TAGS:
            tags[TAGS[tag]] = values(data, store + offset, kind, many)
    return tags, store + size


def values(data, at, kind, many):
    if kind == 4:
        return list(struct.unpack(f">{many}I", data[at:at + 4 * many]))
    assert kind in (6, 8, 9), f"a tag of type {kind}"
    texts = []
    for _ in range(many):
        end = data.index(b"\0", at)
        texts.append(data[at:end].decode())
        at = end + 1
    return texts[0] if kind == 6 else texts


def cpio(data):
    """Name, mode and content of each member."""
    at = 0
    while True:
        assert data[at:at + 6] in (b"070701", b"070702"), "no member of an archive"
        field = [int(data[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in range(13)]
        mode, size, name_size = field[1], field[6], field[11]
        name = data[at + 110:at + 110 + name_size - 1].decode()
        if name == "TRAILER!!!":
            return
        begin = (at + 110 + name_size + 3) & ~3
        yield "/" + name.removeprefix(".").removeprefix("/"), mode, data[begin:begin + size]
        at = (begin + size + 3) & ~3


def read(path):
    """The tags of a package, and its files by path as (mode, content); every digest is checked."""
    data = path.read_bytes()
    assert data[:4] == b"\xed\xab\xee\xdb", "no rpm"
    _, at = header(data, 96)
    tags, at = header(data, (at + 7) & ~7)
    paths = [tags["folders"][folder] + name for folder, name in zip(tags["folders_of"], tags["names"])]
    digests = dict(zip(paths, tags["digests"]))
    files = {name: (mode, content) for name, mode, content in cpio(gzip.decompress(data[at:]))}
    for name, (_, content) in files.items():
        if digests[name]:
            assert hashlib.sha256(content).hexdigest() == digests[name], f"{name} is damaged"
    assert set(files) == set(paths), "what is announced is not what is there"
    return tags, files
