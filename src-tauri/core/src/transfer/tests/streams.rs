//! Objects as streams and streams as objects.

use super::*;
use crate::storage::ByteStream;
use futures::{StreamExt, TryStreamExt, future, stream};

#[derive(Debug, thiserror::Error, PartialEq, Clone, Copy)]
#[error("the feed is bad")]
struct BadFeed;

type Fed = Result<Bytes, BadFeed>;

/// Bytes in pieces of an odd size, and perhaps a bad end.
fn feed(data: &Bytes, end: Option<BadFeed>) -> impl futures::Stream<Item = Fed> + Send + Unpin + use<> {
    let pieces: Vec<Fed> = data.chunks(10_007).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).chain(stream::iter(end.map(Err)))
}

fn source(data: &Bytes) -> StreamSource {
    StreamSource { name: "the bundle".to_owned(), size: data.len() as u64, tag: Some(Etag::new(sha256(data))) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_is_read_in_order_and_sent_on_as_it_is() {
    let (b, _) = seaweed("streams").await;
    let data = noise(40 * MIB + 3, 61);
    let from = put(&b, "from", &data).await;
    let facts = b.head("from").await.unwrap();
    let (ctx, seen) = (ctx(), progress());
    let read: Vec<Bytes> = read_ordered(&ctx, &from, &facts, &seen).try_collect().await.unwrap();
    assert!(read.concat() == data);
    assert_eq!(seen.read_bytes(), data.len() as u64);
    let reader = read_ordered(&ctx, &from, &facts, &progress());
    let (to, ledger) = (object(&b, "to"), MemoryLedger::default());
    let options = Options::default();
    let copied = upload_stream(&ctx, &source(&data), reader, &to, &options, &ledger, &seen).await.unwrap();
    assert_eq!((copied.sha256, copied.proof), (Some(sha256(&data)), Proof::CheckedParts));
    assert!(bytes_of(&to).await == data);
    assert_eq!(uploads_in(&b).await, 0);
}

#[tokio::test]
async fn a_stream_that_ends_badly_makes_no_object() {
    let (_root, _, b) = folders();
    let data = noise(MIB, 62);
    let short = source(&data.slice(..MIB - 1));
    let long = StreamSource { size: data.len() as u64 + 1, ..source(&data) };
    // In many parts, and in one.
    for options in [small_parts(), Options::default()] {
        let (to, ledger) = (object(&b, "p"), MemoryLedger::default());
        let send = async |source: &StreamSource, end| {
            upload_stream(&ctx(), source, feed(&data, end), &to, &options, &ledger, &progress()).await.unwrap_err()
        };
        assert!(matches!(send(&source(&data), Some(BadFeed)).await, StreamError::Feed(BadFeed)));
        for wrong in [&short, &long] {
            let error = send(wrong, None).await;
            assert!(matches!(error, StreamError::Transfer(TransferError::WrongSize { .. })), "{error:?}");
        }
        assert_eq!((uploads_in(&b).await, ledger.recorded()), (0, None));
        assert!(b.head("p").await.is_err());
    }
}

#[tokio::test]
async fn a_resumed_stream_sends_no_stored_part_again() {
    let (_root, _, b) = folders();
    let data = noise(MIB, 63);
    let ledger = MemoryLedger::default();
    let options = Options { puts: 1, ..small_parts() };
    let faulty = object(&Fault::at(Op::PutPart, 6, Then::Fail).over(&b), "p");
    let failed =
        upload_stream(&ctx(), &source(&data), feed(&data, None), &faulty, &options, &ledger, &progress()).await;
    assert!(matches!(failed, Err(StreamError::Transfer(TransferError::Part { .. }))), "{failed:?}");
    let to = object(&b, "p");
    let copied =
        upload_stream(&ctx(), &source(&data), feed(&data, None), &to, &options, &ledger, &progress()).await.unwrap();
    assert_eq!((copied.parts_reused, copied.parts_sent), (6, 10));
    assert_eq!((copied.sha256, copied.proof), (Some(sha256(&data)), Proof::ReadBack));
    assert!(bytes_of(&to).await == data);
}

#[tokio::test]
async fn another_stream_does_not_go_on_where_the_first_one_was() {
    let (_root, _, b) = folders();
    let (data, other) = (noise(MIB, 64), noise(MIB, 65));
    let ledger = MemoryLedger::default();
    let faulty = object(&Fault::at(Op::PutPart, 6, Then::Fail).over(&b), "p");
    let send = async |data: &Bytes, to: &ObjectRef| {
        upload_stream(&ctx(), &source(data), feed(data, None), to, &small_parts(), &ledger, &progress()).await
    };
    send(&data, &faulty).await.unwrap_err();
    let second = send(&other, &object(&b, "p")).await;
    assert!(matches!(second, Err(StreamError::Transfer(TransferError::SourceChanged { .. }))), "{second:?}");
}

#[tokio::test]
async fn a_cancelled_stream_leaves_no_upload_behind() {
    let (_root, _, b) = folders();
    let data = noise(MIB, 66);
    let (ctx, seen, ledger, to) = (ctx(), progress(), MemoryLedger::default(), object(&b, "p"));
    let endless = feed(&data, None).take(60).chain(stream::pending());
    let cancel = async {
        while seen.done_parts() < 3 {
            tokio::task::yield_now().await;
        }
        ctx.cancel.cancel();
    };
    let (options, source) = (small_parts(), source(&data));
    let sent = upload_stream(&ctx, &source, endless, &to, &options, &ledger, &seen);
    let (sent, ()) = tokio::join!(sent, cancel);
    assert!(matches!(sent, Err(StreamError::Transfer(TransferError::Cancelled))));
    assert_eq!((uploads_in(&b).await, ledger.recorded()), (0, None));
}

#[tokio::test]
async fn reading_ahead_is_bounded() {
    let (_root, a, _) = folders();
    put(&a, "p", &noise(160 * MIB, 67)).await;
    let reads = Fault::at(Op::Get, u32::MAX, Then::Fail);
    let from = object(&reads.clone().over(&a), "p");
    let facts = a.head("p").await.unwrap();
    let mut reader = read_ordered(&ctx(), &from, &facts, &progress());
    reader.next().await.unwrap().unwrap();
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    assert!(reads.seen() <= 9, "{}", reads.seen());
}

/// The first three bodies end after 3 MiB.
#[derive(Debug, Default)]
struct ShortBodies(AtomicU32);

#[async_trait::async_trait]
impl Tap for ShortBodies {
    async fn before(&self, _: Op, _: &str) -> Result<(), StoreError> {
        Ok(())
    }

    fn passing(&self, body: ByteStream) -> ByteStream {
        if self.0.fetch_add(1, SeqCst) >= 3 {
            return body;
        }
        let mut left = 3 * MIB;
        let is_more = move |chunk: &Bytes| {
            left = left.saturating_sub(chunk.len());
            future::ready(Ok(left > 0))
        };
        body.try_take_while(is_more).boxed()
    }
}

#[tokio::test]
async fn an_ordered_read_that_breaks_off_goes_on_where_it_was() {
    let (_root, a, _) = folders();
    let data = noise(90 * MIB + 5, 68);
    put(&a, "p", &data).await;
    let from =
        object(&(Arc::new(Tapped { inner: Arc::clone(&a), tap: ShortBodies::default() }) as Arc<dyn Store>), "p");
    let facts = a.head("p").await.unwrap();
    let seen = progress();
    let read: Vec<Bytes> = read_ordered(&ctx(), &from, &facts, &seen).try_collect().await.unwrap();
    assert!(read.concat() == data);
    assert_eq!((seen.read_bytes(), seen.done_bytes()), (data.len() as u64, data.len() as u64));
    assert_eq!(hash_object(&ctx(), &from, &facts).await.unwrap(), sha256(&data));
}
