//! A package that only comes as a stream, out of a bundle: its end is known beforehand, the rest is read in order and once.

use crate::package::{RangeReader, ReadFault};
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, TryStreamExt};
use std::collections::VecDeque;
use std::ops::Range;
use tokio::sync::Mutex;

/// The largest directory that is read, and the metadata in front of it.
const TAIL_BYTES: u64 = 65 * 1024 * 1024;

/// The last bytes of a stream.
pub(crate) struct Tail {
    pub size: u64,
    pub bytes: Bytes,
}

impl Tail {
    /// Reads a stream to its end, and keeps that.
    pub(crate) async fn of<E>(mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Self, E> {
        let mut kept: VecDeque<Bytes> = VecDeque::new();
        let (mut size, mut held) = (0, 0);
        while let Some(chunk) = stream.try_next().await? {
            size += chunk.len() as u64;
            held += chunk.len() as u64;
            kept.push_back(chunk);
            while let Some(front) = kept.front()
                && held - front.len() as u64 >= TAIL_BYTES
            {
                held -= front.len() as u64;
                kept.pop_front();
            }
        }
        let mut bytes = BytesMut::with_capacity(usize::try_from(held).unwrap_or(0));
        kept.iter().for_each(|chunk| bytes.extend_from_slice(chunk));
        Ok(Self { size, bytes: bytes.freeze() })
    }
}

pub(crate) struct Forward {
    size: u64,
    tail: Bytes,
    state: Mutex<State>,
}

struct State {
    stream: BoxStream<'static, Result<Bytes, ReadFault>>,
    at: u64,
    at_hand: Bytes,
}

impl Forward {
    pub(crate) fn new(tail: &Tail, stream: BoxStream<'static, Result<Bytes, ReadFault>>) -> Self {
        let state = State { stream, at: 0, at_hand: Bytes::new() };
        Self { size: tail.size, tail: tail.bytes.clone(), state: Mutex::new(state) }
    }

    fn in_tail(&self, range: &Range<u64>) -> Option<Bytes> {
        let from = self.size - self.tail.len() as u64;
        let at = |place: u64| usize::try_from(place.checked_sub(from)?).ok();
        let (from, to) = (at(range.start)?, at(range.end)?);
        (from <= to && to <= self.tail.len()).then(|| self.tail.slice(from..to))
    }
}

impl State {
    async fn next(&mut self, most: u64) -> Result<Bytes, ReadFault> {
        while self.at_hand.is_empty() {
            match self.stream.try_next().await? {
                Some(chunk) => self.at_hand = chunk,
                None => return Ok(Bytes::new()),
            }
        }
        let len = usize::try_from(most).unwrap_or(usize::MAX).min(self.at_hand.len());
        self.at += len as u64;
        Ok(self.at_hand.split_to(len))
    }
}

#[async_trait::async_trait]
impl RangeReader for Forward {
    fn size(&self) -> u64 {
        self.size
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        if let Some(bytes) = self.in_tail(&range) {
            return Ok(bytes);
        }
        let mut state = self.state.lock().await;
        if range.start < state.at {
            return Err("the package passed by already".into());
        }
        while state.at < range.start {
            let rest = range.start - state.at;
            if state.next(rest).await?.is_empty() {
                return Ok(Bytes::new());
            }
        }
        let mut whole = BytesMut::new();
        while state.at < range.end {
            let rest = range.end - state.at;
            let more = state.next(rest).await?;
            if more.is_empty() {
                break;
            }
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    }
}
