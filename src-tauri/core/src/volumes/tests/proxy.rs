//! A line to a store that can be held or cut. URLs are signed for its address, as they are for an address inside a cluster.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// What becomes of the line after so many bytes from the store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing more comes.
    Hold(u64),
    /// It breaks, this often.
    Cut(u64, usize),
}

pub(super) struct Proxy {
    pub endpoint: String,
    held: Mutex<Receiver<()>>,
    pub connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub(super) fn before(endpoint: &str, after: After) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let ours = format!("http://{}", listener.local_addr().unwrap());
        let store = endpoint.trim_start_matches("http://").to_owned();
        let (tell, held) = channel();
        let connections = Arc::new(AtomicUsize::new(0));
        let (count, passed) = (Arc::clone(&connections), Arc::new(AtomicU64::new(0)));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, SeqCst);
                let (store, tell, passed) = (TcpStream::connect(&store).unwrap(), tell.clone(), Arc::clone(&passed));
                let (from, to) = (client.try_clone().unwrap(), store.try_clone().unwrap());
                std::thread::spawn(move || pass(from, to, |_| true));
                let cuts = Arc::clone(&count);
                std::thread::spawn(move || answer(&store, &client, after, &passed, &cuts, &tell));
            }
        });
        Self { endpoint: ours, held: Mutex::new(held), connections }
    }

    /// Waits until the line holds.
    pub(super) fn wait_until_held(&self) {
        self.held.lock().unwrap().recv().unwrap();
    }
}

fn answer(
    store: &TcpStream,
    client: &TcpStream,
    after: After,
    passed: &AtomicU64,
    connections: &AtomicUsize,
    tell: &Sender<()>,
) {
    let (from, to) = (store.try_clone().unwrap(), client.try_clone().unwrap());
    pass(from, to, |bytes| {
        let total = passed.fetch_add(bytes, SeqCst) + bytes;
        match after {
            After::Hold(most) if total >= most => {
                let _ = tell.send(());
                // Until the client is gone.
                let _ = client.try_clone().unwrap().read(&mut [0]);
                false
            }
            After::Cut(most, times) if total >= most && connections.load(SeqCst) <= times => {
                passed.store(0, SeqCst);
                false
            }
            After::Hold(_) | After::Cut(..) => true,
        }
    });
    let _ = client.shutdown(Shutdown::Both);
    let _ = store.shutdown(Shutdown::Both);
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut goes_on: impl FnMut(u64) -> bool) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 || to.write_all(&buffer[..read]).is_err() || !goes_on(read as u64) {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
