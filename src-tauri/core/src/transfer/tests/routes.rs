//! Every route, held to the same promises: what a resume sends again, what a cancel leaves behind, and that a pause holds
//! every byte; counted in requests and bytes at a real store.

use super::*;
use crate::storage::ByteStream;
use futures::StreamExt;
use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

const PART: usize = 5 * MIB;
const PARTS: usize = 6;
const SIZE: usize = PARTS * PART;
/// Reads at once, and writes at once: as many parts may be on their way when a program dies.
const AT_ONCE: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Buffered,
    Streamed,
    WithinStore,
    Upload,
    Download,
    Stream,
    OpenEnded,
}

const ROUTES: [Route; 7] = [
    Route::Buffered,
    Route::Streamed,
    Route::WithinStore,
    Route::Upload,
    Route::Download,
    Route::Stream,
    Route::OpenEnded,
];

/// Counts what passes to and from a store.
#[derive(Clone, Debug, Default)]
struct Meter {
    parts: Arc<AtomicU64>,
    bytes: Arc<AtomicU64>,
}

#[async_trait::async_trait]
impl Tap for Meter {
    async fn before(&self, op: Op, _: &str) -> Result<(), StoreError> {
        let is_part = matches!(op, Op::PutPart | Op::CopyPart | Op::Get);
        self.parts.fetch_add(u64::from(is_part), SeqCst);
        Ok(())
    }

    async fn sending(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, SeqCst);
    }

    fn passing(&self, body: ByteStream) -> ByteStream {
        let bytes = Arc::clone(&self.bytes);
        let count = move |chunk: &Result<Bytes, StoreError>| {
            bytes.fetch_add(chunk.as_ref().map_or(0, Bytes::len) as u64, SeqCst);
        };
        body.inspect(count).boxed()
    }
}

impl Meter {
    fn over(&self, inner: &Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Tapped { inner: Arc::clone(inner), tap: self.clone() })
    }

    fn now(&self) -> (u64, u64) {
        (self.parts.load(SeqCst), self.bytes.load(SeqCst))
    }
}

/// One transfer that can be begun again and again.
struct Ground {
    route: Route,
    data: Bytes,
    store: Arc<dyn Store>,
    read: Meter,
    sent: Meter,
    from: ObjectRef,
    to: ObjectRef,
    dir: tempfile::TempDir,
    ledger: MemoryLedger,
}

impl Ground {
    async fn of(route: Route, promise: &str, data: &Bytes) -> Self {
        let (store, _) = seaweed(&format!("{promise}-{route:?}").to_lowercase()).await;
        let (read, sent) = (Meter::default(), Meter::default());
        put_in_parts(&store, "from", data, PART).await;
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("up"), data).unwrap();
        Self {
            route,
            data: data.clone(),
            from: object(&read.over(&store), "from"),
            to: object(&sent.over(&store), "to"),
            store,
            read,
            sent,
            dir,
            ledger: MemoryLedger::default(),
        }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("down")
    }

    async fn go(&self, ctx: &Ctx, seen: &Arc<Progress>) -> Result<Copied, TransferError> {
        let own = Options { gets: AT_ONCE, puts: AT_ONCE, ..Options::default() };
        let cut = Options { part_size: Some(PART as u64), ..own };
        let (from, to, ledger) = (&self.from, &self.to, &self.ledger);
        match self.route {
            Route::Buffered => copy_object(ctx, from, to, &own, ledger, seen).await,
            Route::Streamed => copy_object(ctx, from, to, &Options { whole_sha256: false, ..own }, ledger, seen).await,
            Route::WithinStore => server_copy(ctx, from, to, &own, ledger, seen).await,
            Route::Upload => upload_file(ctx, &self.dir.path().join("up"), to, &cut, ledger, seen).await,
            Route::Download => download(ctx, from, &self.file(), &cut, ledger, seen).await,
            Route::Stream => plain(upload_stream(ctx, &self.source(), self.feed(), to, &cut, ledger, seen).await),
            Route::OpenEnded => {
                let most = SIZE as u64;
                plain(upload_open_ended(ctx, &self.source(), most, self.feed(), to, &cut, ledger, seen).await)
            }
        }
    }

    fn source(&self) -> StreamSource {
        StreamSource { name: "a stream".into(), size: SIZE as u64, tag: Some(Etag::new(sha256(&self.data))) }
    }

    fn feed(&self) -> impl futures::Stream<Item = Result<Bytes, Infallible>> + Send + Unpin + use<> {
        let pieces: Vec<_> = (0..SIZE).step_by(MIB).map(|at| Ok(self.data.slice(at..at + MIB))).collect();
        futures::stream::iter(pieces)
    }

    /// What is at the target's place; `None`: nothing.
    async fn arrived(&self) -> Option<Vec<u8>> {
        match self.route {
            Route::Download => std::fs::read(self.file()).ok(),
            _ if self.store.head("to").await.is_err() => None,
            _ => Some(bytes_of(&object(&self.store, "to")).await),
        }
    }

    /// Nothing half-made: no upload, no part file, nothing to be resumed.
    async fn nothing_left(&self) {
        assert_eq!((uploads_in(&self.store).await, self.ledger.recorded()), (0, None), "{:?}", self.route);
        assert!(!self.dir.path().join("down.part").exists(), "{:?}", self.route);
    }

    /// The meter on the side that the bytes cost something.
    fn meter(&self) -> &Meter {
        if self.route == Route::Download { &self.read } else { &self.sent }
    }
}

fn plain(sent: Result<Copied, StreamError<Infallible>>) -> Result<Copied, TransferError> {
    sent.map_err(|error| match error {
        StreamError::Transfer(error) => error,
        StreamError::Feed(never) => match never {},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_sends_again_at_most_what_was_on_its_way() {
    let data = noise(SIZE, 81);
    for route in ROUTES {
        let ground = Ground::of(route, "resume", &data).await;
        let (ctx, seen) = (ctx(), progress());
        kill_when(ground.go(&ctx, &seen), || recorded_parts(&ground.ledger) >= 2).await;
        let kept = recorded_parts(&ground.ledger);
        let resumed = ground.go(&ctx, &seen).await.unwrap();
        assert_eq!((resumed.parts_reused as usize, resumed.parts_sent as usize), (kept, PARTS - kept), "{route:?}");
        assert!(ground.arrived().await.unwrap() == data, "{route:?}");
        // Proof by reading again is none of the sending.
        let (parts, bytes) = ground.meter().now();
        let most_parts = (PARTS + 2 * AT_ONCE) as u64;
        assert!(parts <= most_parts, "{route:?}: {parts} parts");
        match route {
            Route::WithinStore => assert_eq!((bytes, ground.read.now().1), (0, 0), "not a byte through this computer"),
            _ => assert!(bytes <= most_parts * PART as u64, "{route:?}: {bytes} bytes"),
        }
        ground.nothing_left().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_takes_effect_at_once_and_leaves_nothing() {
    let data = noise(SIZE, 82);
    for route in ROUTES {
        let ground = Ground::of(route, "cancel", &data).await;
        let (ctx, seen) = (ctx(), progress());
        // Slow enough to be met on the way; within a store there is nothing to slow down.
        seen.valve().limit((route != Route::WithinStore).then_some(20 << 20));
        let cancel = async {
            while seen.done_parts() < 1 {
                tokio::task::yield_now().await;
            }
            ctx.cancel.cancel();
            Instant::now()
        };
        let (sent, cancelled) = tokio::join!(ground.go(&ctx, &seen), cancel);
        let took = cancelled.elapsed();
        assert!(matches!(sent, Err(TransferError::Cancelled)), "{route:?}: {sent:?}");
        let before = ground.meter().now();
        // 200 ms, and what a loaded machine adds to the one request that takes the upload back.
        assert!(took < Duration::from_millis(600), "{route:?} took {took:?}");
        tokio::time::sleep(Duration::from_millis(150)).await;
        assert_eq!(ground.meter().now(), before, "{route:?} went on");
        assert!(ground.arrived().await.is_none(), "{route:?}");
        ground.nothing_left().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_every_byte_of_every_route() {
    let data = noise(SIZE, 83);
    for route in ROUTES {
        let ground = Ground::of(route, "hold", &data).await;
        let (ctx, seen) = (ctx(), progress());
        seen.valve().limit((route != Route::WithinStore).then_some(20 << 20));
        let hold = async {
            while seen.read_bytes().max(seen.done_bytes()) < PART as u64 {
                tokio::task::yield_now().await;
            }
            seen.valve().close();
            tokio::time::sleep(Duration::from_millis(200)).await;
            let held = ground.meter().now();
            tokio::time::sleep(Duration::from_millis(400)).await;
            let still = ground.meter().now();
            seen.valve().limit(None);
            seen.valve().open();
            (held, still)
        };
        let (sent, (held, still)) = tokio::join!(ground.go(&ctx, &seen), hold);
        assert_eq!(held, still, "{route:?}");
        assert_eq!(sent.unwrap().bytes, SIZE as u64, "{route:?}");
        assert!(ground.arrived().await.unwrap() == data, "{route:?}");
    }
}
