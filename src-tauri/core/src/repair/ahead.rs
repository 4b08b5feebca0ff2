//! Reads ahead of whoever reads a package from its beginning to its end: many small reads in order become few large ones,
//! several of them on their way at once. A jump reads what it asks for and no more.

use crate::package::{RangeReader, ReadFault};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::Mutex;
use tokio_util::task::AbortOnDropHandle;

const BLOCK_BYTES: u64 = 4 * 1024 * 1024;
const BLOCKS_AHEAD: usize = 6;
/// Headers and descriptors that a reader in order leaps over.
const LEAP_BYTES: u64 = 64 * 1024;

type Block = AbortOnDropHandle<Result<Bytes, ReadFault>>;

pub(crate) struct Ahead {
    inner: Arc<dyn RangeReader>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Where what is at hand begins.
    at: u64,
    at_hand: Bytes,
    /// Blocks on their way, in order, from the end of what is at hand on.
    coming: VecDeque<Block>,
    asked_to: u64,
}

impl Ahead {
    pub(crate) fn new(inner: Arc<dyn RangeReader>) -> Self {
        Self { inner, state: Mutex::default() }
    }

    fn ask_ahead(&self, state: &mut State) {
        while state.coming.len() < BLOCKS_AHEAD && state.asked_to < self.inner.size() {
            let range = state.asked_to..self.inner.size().min(state.asked_to + BLOCK_BYTES);
            state.asked_to = range.end;
            let inner = self.inner.clone();
            // Ends with the reader: the handle aborts it when dropped.
            state.coming.push_back(AbortOnDropHandle::new(tokio::spawn(async move { inner.read(range).await })));
        }
    }

    /// Some bytes at the place that reading has come to; empty at the end.
    async fn next(&self, state: &mut State, most: u64) -> Result<Bytes, ReadFault> {
        while state.at_hand.is_empty() {
            self.ask_ahead(state);
            let Some(block) = state.coming.pop_front() else { return Ok(Bytes::new()) };
            match block.await.map_err(ReadFault::from).flatten() {
                Ok(bytes) => state.at_hand = bytes,
                Err(fault) => {
                    // What follows is of no use without it: the next read begins anew.
                    *state = State { at: u64::MAX, ..State::default() };
                    return Err(fault);
                }
            }
        }
        self.ask_ahead(state);
        let len = usize::try_from(most).unwrap_or(usize::MAX).min(state.at_hand.len());
        state.at += len as u64;
        Ok(state.at_hand.split_to(len))
    }

    async fn in_order(&self, state: &mut State, range: Range<u64>) -> Result<Bytes, ReadFault> {
        while state.at < range.start {
            if self.next(state, range.start - state.at).await?.is_empty() {
                return Ok(Bytes::new());
            }
        }
        let first = self.next(state, range.end - range.start).await?;
        if first.len() as u64 == range.end - range.start {
            return Ok(first);
        }
        let mut whole = BytesMut::from(first.as_ref());
        while state.at < range.end {
            let more = self.next(state, range.end - state.at).await?;
            if more.is_empty() {
                break;
            }
            whole.extend_from_slice(&more);
        }
        Ok(whole.freeze())
    }
}

#[async_trait::async_trait]
impl RangeReader for Ahead {
    fn size(&self) -> u64 {
        self.inner.size()
    }

    async fn read(&self, range: Range<u64>) -> Result<Bytes, ReadFault> {
        let mut state = self.state.lock().await;
        let leap = range.start.checked_sub(state.at);
        if leap.is_some_and(|leap| leap <= LEAP_BYTES) {
            return self.in_order(&mut state, range).await;
        }
        *state = State { at: range.end, asked_to: range.end, ..State::default() };
        self.inner.read(range).await
    }
}
