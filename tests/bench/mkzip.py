"""A package of the platform's shape, as large as wanted: deflate or stored members whose sizes stand behind them, comments
with owner and group, metadata of a real one. usage: mkzip.py OUT MIB SMALL_FILES"""
import io, os, subprocess, sys, zipfile

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures/packages/v6-no-volume-data")


class NoSeek(io.RawIOBase):
    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def flush(self):
        self.file.flush()


def noise(size):
    source = subprocess.Popen(["openssl", "enc", "-aes-128-ctr", "-K", "00" * 16, "-iv", "11" * 16, "-in", "/dev/zero"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    done = 0
    while done < size:
        piece = source.stdout.read(min(1 << 20, size - done))
        done += len(piece)
        yield piece
    source.kill()
    source.wait()


def add(target, name, pieces, kind, large=False):
    info = zipfile.ZipInfo(name)
    info.compress_type, info.comment = kind, b"0/0"
    with target.open(info, "w", force_zip64=large) as file:
        for piece in pieces:
            file.write(piece)


def main():
    out, size, small = sys.argv[1], int(sys.argv[2]) << 20, int(sys.argv[3])
    name = next(name for name in os.listdir(FIXTURES) if name.endswith(".zip"))
    with zipfile.ZipFile(os.path.join(FIXTURES, name)) as real:
        metadata = {info.filename: real.read(info) for info in real.infolist() if info.filename.endswith("_metadata.json")}
    root = next(iter(metadata)).split("/")[0]
    with open(out, "wb") as file, zipfile.ZipFile(NoSeek(file), "w", allowZip64=True) as target:
        add(target, f"{root}/app_a/image_1.tar", noise(size // 2), zipfile.ZIP_STORED, True)
        for name in sorted(metadata):
            if "console" in name:
                add(target, name, [metadata[name]], zipfile.ZIP_DEFLATED)
        for index in range(small):
            add(target, f"{root}/data_x/vol/file{index:06d}.dat", [b"some small file %d" % index], zipfile.ZIP_DEFLATED)
        add(target, f"{root}/plugin_p/image_2.tar", noise(size // 2), zipfile.ZIP_STORED, True)
        for name in sorted(metadata):
            if "region" in name:
                add(target, name, [metadata[name]], zipfile.ZIP_DEFLATED)


main()
