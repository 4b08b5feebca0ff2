//! A start waits for no network: what the board showed last time is there at once, from disk, whoever cannot be reached.

use crate::world::{Client, TestHost, World};
use rainferry_core::TeamName;
use rainferry_core::api::{ColumnRequest, ConsoleDraft, ConsoleState, Environment};
use std::collections::HashMap;

#[tokio::test]
async fn the_next_start_shows_what_was_seen_though_no_console_answers() {
    let world = World::two_clusters().await;
    let client = world.client().await;
    let cluster = client.cluster("beijing").await;
    let request = ColumnRequest { cluster: cluster.clone(), team: TeamName::from("shop") };
    assert!(client.core.remembered_column(request.clone()).await.unwrap().is_none());
    let seen = client.core.load_column(request.clone()).await.unwrap();
    assert!(!seen.apps.is_empty());
    client.core.close().await;
    drop(client);

    world.beijing().refuse_connections().await;
    let host = TestHost::knowing(&world.home(), &world.library(), HashMap::default());
    let client = Client::open(host).await.unwrap();
    let consoles = client.core.list_consoles(()).await.unwrap();
    let beijing = consoles.iter().find(|console| console.name == "beijing").unwrap();
    assert_eq!(beijing.state, ConsoleState::Unknown);
    assert_eq!(beijing.clusters[0].id, cluster);
    assert_eq!(client.core.remembered_column(request.clone()).await.unwrap().unwrap(), seen);

    // A console that does not answer keeps what was seen, and says why it is old.
    let refreshed = client.core.refresh_console(beijing.id.clone()).await.unwrap();
    assert!(matches!(refreshed.state, ConsoleState::Failed { .. }) && refreshed.clusters.len() == 1, "{refreshed:?}");

    // Marked as production, it is so before it answers; asked as somebody else, it shows nothing that was another's to see.
    let mark = async |change: &dyn Fn(&mut ConsoleDraft)| {
        let mut draft = Client::draft(world.beijing());
        draft.id = Some(beijing.id.clone());
        change(&mut draft);
        client.core.save_console(draft).await.unwrap()
    };
    let marked = mark(&|draft| (draft.environment, draft.read_only) = (Environment::Production, true)).await;
    assert_eq!((marked.clusters[0].environment, marked.clusters[0].read_only), (Environment::Production, true));
    assert!(mark(&|draft| draft.user = "zhaolei".to_owned()).await.clusters.is_empty());
    assert!(client.core.remembered_column(request.clone()).await.unwrap().is_none());

    // With the console goes what was seen of it.
    client.core.remove_console(beijing.id.clone()).await.unwrap();
    assert!(client.core.remembered_column(request).await.unwrap().is_none());
}
