//! Fifty consoles with long lists of backups: read a few at a time, each shown as it comes, and all there at the next start.

use crate::world::{Client, TestHost, World};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use rainferry_core::api::{ColumnRequest, ColumnView};
use rainferry_core::{ClusterId, TeamName};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const CONSOLES: usize = 50;
const MORE_BACKUPS: u64 = 1_000;
/// Lists that are read at the same time.
const AT_ONCE: usize = 8;

/// Consoles whose list was asked for.
type Asked = Arc<Mutex<BTreeSet<usize>>>;

/// A console of its own address before the one that there is; tells when it is asked for its list.
async fn address(index: usize, console: String, asked: Asked) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let console = console.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (server, asked) = (TcpStream::connect(&console).await.unwrap(), Arc::clone(&asked));
            let ((mut from, mut back), (mut answers, mut to)) = (socket.into_split(), server.into_split());
            tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
            tokio::spawn(async move {
                let mut bytes = vec![0; 16 * 1024];
                while let Ok(count @ 1..) = from.read(&mut bytes).await {
                    let head = String::from_utf8_lossy(&bytes[..count]);
                    if head.contains("/all/groupapp/backup") {
                        asked.lock().unwrap().insert(index);
                    }
                    if to.write_all(&bytes[..count]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    url
}

fn rows(view: &ColumnView) -> usize {
    view.apps.iter().map(|app| app.backups.len()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn long_lists_of_many_consoles_come_one_by_one_and_are_kept() {
    let world = World::two_clusters().await;
    let seeded = world.beijing().edit(|state| {
        let like = state.backups[0].clone();
        let last = state.backups.iter().map(|row| row.id).max().unwrap();
        for id in last + 1..=last + MORE_BACKUPS {
            let row = rainferry_sandbox::state::Backup {
                id,
                backup_id: format!("{id:032x}"),
                event_id: format!("{id:032x}"),
                version: format!("{}", 20_200_101_000_000 + id),
                ..like.clone()
            };
            state.backups.push(row);
        }
        state.backups.iter().filter(|row| row.tenant_id == like.tenant_id).count()
    });
    let seeded = seeded.unwrap();
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host).await.unwrap();
    let asked = Asked::default();
    let mut requests = Vec::new();
    for index in 0..CONSOLES {
        let mut draft = Client::draft(world.beijing());
        draft.name = format!("console-{index}");
        draft.url = address(index, world.beijing().console_url(), Arc::clone(&asked)).await;
        let console = client.save_as(draft).await;
        requests.push(ColumnRequest { cluster: ClusterId::of(&console, "beijing"), team: TeamName::from("shop") });
    }
    asked.lock().unwrap().clear();

    let loads = requests.iter().enumerate();
    let load = async |(index, request): (usize, &ColumnRequest)| {
        (index, client.core.load_column(request.clone()).await.unwrap())
    };
    let mut loads: FuturesUnordered<_> = loads.map(load).collect();
    let (mut come, mut most) = (Vec::new(), 0);
    while let Some((index, view)) = loads.next().await {
        let reading = asked.lock().unwrap().len() - come.len();
        most = most.max(reading);
        assert_eq!((rows(&view), view.problems.len()), (seeded, 0), "{index}");
        come.push(index);
        if come.len() == 1 {
            assert!(reading < CONSOLES, "the first came only when all were asked");
        }
    }
    assert_eq!(come.len(), CONSOLES);
    assert!((2..=AT_ONCE + 1).contains(&most), "{most} at once");
    client.core.close().await;
    drop(loads);
    drop(client);

    world.beijing().refuse_connections().await;
    let host = TestHost::knowing(&world.home(), &world.library(), HashMap::default());
    let client = Client::open(host).await.unwrap();
    for request in requests {
        let kept = client.core.remembered_column(request).await.unwrap().unwrap();
        assert_eq!(rows(&kept), seeded);
    }
}
