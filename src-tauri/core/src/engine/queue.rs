//! Who moves now and who waits: so many jobs at a time, so many of them at one cluster, the others in the order of their turns.
//! A job that its cluster holds up lets those behind it go first.

use crate::ids::{ClusterId, JobId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Jobs that move at the same time where the user chose no other number.
const AT_ONCE: usize = 3;
/// More than this helps nobody.
const MOST_AT_ONCE: usize = 8;

/// How many jobs may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Room {
    at_once: usize,
    per_cluster: usize,
}

impl Room {
    /// As the settings say it; nothing chosen is the standard, and no limit of a cluster's own.
    pub(crate) fn of(at_once: Option<u8>, per_cluster: Option<u8>) -> Self {
        let number = |chosen: Option<u8>, standard: usize| chosen.map_or(standard, usize::from).clamp(1, MOST_AT_ONCE);
        Self { at_once: number(at_once, AT_ONCE), per_cluster: number(per_cluster, MOST_AT_ONCE) }
    }
}

/// A job as the queue sees it.
#[derive(Clone, Debug)]
pub(crate) struct Comer {
    pub job: JobId,
    pub clusters: Vec<ClusterId>,
    /// The smallest goes first.
    pub turn: f64,
}

pub(crate) struct Queue {
    state: Mutex<State>,
}

struct State {
    room: Room,
    /// By the number of their seats: a job that is tried again may have its next one before it left the last.
    moving: BTreeMap<u64, Vec<ClusterId>>,
    seats: u64,
    waiting: Vec<(Comer, oneshot::Sender<Seat>)>,
}

/// The right to move; given back when it is dropped.
pub(crate) struct Seat {
    queue: Arc<Queue>,
    number: u64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.queue.state().moving.remove(&self.number);
        self.queue.go_on();
    }
}

impl Queue {
    pub(crate) fn new(room: Room) -> Arc<Self> {
        let state = State { room, moving: BTreeMap::new(), seats: 0, waiting: Vec::new() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is room; none where the queue is gone.
    pub(crate) async fn wait(self: &Arc<Self>, comer: Comer) -> Option<Seat> {
        let seat = self.line_up(comer);
        self.go_on();
        seat.await.ok()
    }

    /// Waits from now on, and is let in when the queue next goes on.
    pub(crate) fn line_up(&self, comer: Comer) -> oneshot::Receiver<Seat> {
        let (go, seat) = oneshot::channel();
        self.state().waiting.push((comer, go));
        seat
    }

    /// Those that move already are not stopped.
    pub(crate) fn make_room(self: &Arc<Self>, room: Room) {
        self.state().room = room;
        self.go_on();
    }

    pub(crate) fn turn(&self, job: &JobId, turn: f64) {
        self.state().waiting.iter_mut().filter(|(comer, _)| comer.job == *job).for_each(|(comer, _)| comer.turn = turn);
    }

    /// Lets in whoever has room. One who waits no longer gives the seat back, which lets the next one in.
    pub(crate) fn go_on(self: &Arc<Self>) {
        loop {
            let next = self.state().next();
            let Some((number, go)) = next else { return };
            drop(go.send(Seat { queue: Arc::clone(self), number }));
        }
    }
}

impl State {
    /// Takes the first one that there is room for out of those that wait.
    fn next(&mut self) -> Option<(u64, oneshot::Sender<Seat>)> {
        self.waiting.retain(|(_, go)| !go.is_closed());
        if self.moving.len() >= self.room.at_once {
            return None;
        }
        let fits = |comer: &Comer| comer.clusters.iter().all(|cluster| self.at(cluster) < self.room.per_cluster);
        let first = (0..self.waiting.len())
            .filter(|at| self.waiting.get(*at).is_some_and(|(comer, _)| fits(comer)))
            .min_by(|a, b| self.order(*a, *b))?;
        let (comer, go) = self.waiting.remove(first);
        self.seats += 1;
        self.moving.insert(self.seats, comer.clusters);
        Some((self.seats, go))
    }

    /// How many move at a cluster.
    fn at(&self, cluster: &ClusterId) -> usize {
        self.moving.values().filter(|clusters| clusters.contains(cluster)).count()
    }

    fn order(&self, a: usize, b: usize) -> std::cmp::Ordering {
        let key = |at: usize| self.waiting.get(at).map(|(comer, _)| (comer.turn, &comer.job));
        match (key(a), key(b)) {
            (Some((a, a_job)), Some((b, b_job))) => a.total_cmp(&b).then_with(|| a_job.cmp(b_job)),
            _ => a.cmp(&b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::task::JoinHandle;

    /// Comes in after those before it, and waits.
    async fn comes(queue: &Arc<Queue>, job: &str, clusters: &[&str], turn: f64) -> JoinHandle<Option<Seat>> {
        let clusters = clusters.iter().map(|name| ClusterId::from(*name)).collect();
        let comer = Comer { job: JobId::from(job), clusters, turn };
        let queue = Arc::clone(queue);
        let waits = tokio::spawn(async move { queue.wait(comer).await });
        settled().await;
        waits
    }

    async fn settled() {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    async fn seat(waits: JoinHandle<Option<Seat>>) -> Seat {
        settled().await;
        assert!(waits.is_finished());
        waits.await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn so_many_move_and_the_others_wait_in_the_order_of_their_turns() {
        let queue = Queue::new(Room::of(Some(1), None));
        let first = seat(comes(&queue, "a", &[], 1.0).await).await;
        let third = comes(&queue, "c", &[], 3.0).await;
        let second = comes(&queue, "b", &[], 2.0).await;
        assert!(!second.is_finished() && !third.is_finished());
        drop(first);
        let second = seat(second).await;
        assert!(!third.is_finished());
        drop(second);
        drop(seat(third).await);
    }

    #[tokio::test]
    async fn one_that_is_moved_forward_goes_first() {
        let queue = Queue::new(Room::of(Some(1), None));
        let first = seat(comes(&queue, "a", &[], 1.0).await).await;
        let second = comes(&queue, "b", &[], 2.0).await;
        let third = comes(&queue, "c", &[], 3.0).await;
        queue.turn(&JobId::from("c"), 1.5);
        drop(first);
        let third = seat(third).await;
        assert!(!second.is_finished());
        drop(third);
        drop(seat(second).await);
    }

    #[tokio::test]
    async fn a_cluster_that_is_full_holds_up_its_own_jobs_alone() {
        let queue = Queue::new(Room::of(Some(3), Some(1)));
        let first = seat(comes(&queue, "a", &["north", "south"], 1.0).await).await;
        let south = comes(&queue, "b", &["south"], 2.0).await;
        let west = seat(comes(&queue, "c", &["west"], 3.0).await).await;
        assert!(!south.is_finished());
        drop(first);
        drop((seat(south).await, west));
    }

    #[tokio::test]
    async fn more_room_is_taken_at_once_and_less_stops_nobody() {
        let queue = Queue::new(Room::of(Some(1), None));
        let first = seat(comes(&queue, "a", &[], 1.0).await).await;
        let second = comes(&queue, "b", &[], 2.0).await;
        queue.make_room(Room::of(Some(2), None));
        let second = seat(second).await;
        queue.make_room(Room::of(Some(1), None));
        let third = comes(&queue, "c", &[], 3.0).await;
        drop(first);
        settled().await;
        assert!(!third.is_finished());
        drop(second);
        drop(seat(third).await);
    }

    #[tokio::test]
    async fn who_went_away_takes_no_room() {
        let queue = Queue::new(Room::of(Some(1), None));
        let first = seat(comes(&queue, "a", &[], 1.0).await).await;
        let gone = comes(&queue, "b", &[], 2.0).await;
        let third = comes(&queue, "c", &[], 3.0).await;
        gone.abort();
        settled().await;
        drop(first);
        drop(seat(third).await);
    }

    #[test]
    fn no_number_is_senseless() {
        assert_eq!(Room::of(None, None), Room { at_once: AT_ONCE, per_cluster: MOST_AT_ONCE });
        assert_eq!(Room::of(Some(0), Some(200)), Room { at_once: 1, per_cluster: MOST_AT_ONCE });
    }
}
