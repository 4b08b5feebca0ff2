//! What is written is read as it was: for codecs whose rooms have no such test of their own.

use super::*;
use crate::bundle::{Entry, FORMAT, Manifest, Source, Versions};
use crate::package::tests::kit::{Counted, Pack, Zip, ctx};
use crate::package::{MadeMember, MadePackage, Package, Part};
use chrono::{DateTime, Utc};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Map;

/// Small JSON of any shape.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let fields = vec((any::<String>(), inner.clone()), 0..6);
        prop_oneof![
            vec(inner, 0..6).prop_map(Value::from),
            fields.prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn source() -> impl Strategy<Value = Source> {
    let texts = (any::<String>(), any::<Option<String>>(), any::<String>(), any::<String>(), any::<String>());
    (texts, any::<Option<i64>>()).prop_map(|((console, console_url, cluster, team, app), app_id)| Source {
        console,
        console_url,
        cluster,
        team,
        app,
        app_id,
    })
}

fn any_manifest() -> impl Strategy<Value = Manifest> {
    let metadata = btree_map("[a-z][a-z_]{0,20}", 0_u64..1 << 20, 0..8);
    let when = 0_i64..4_000_000_000;
    (any::<String>(), when, source(), any::<Option<String>>(), metadata, 0_u64..1 << 44, any_json()).prop_map(
        |(made_by, seconds, source, region, metadata, size, value)| {
            let small = metadata.into_iter().map(|(name, size)| Entry { name: format!("metadata/{name}.json"), size });
            Manifest {
                format: FORMAT,
                made_by,
                made_at: DateTime::<Utc>::from_timestamp(seconds, 0).unwrap(),
                source,
                versions: Versions { console: None, region },
                backup: [("a".to_owned(), value)].into_iter().collect(),
                entries: small.chain([Entry { name: "package/p_1.zip".to_owned(), size }]).collect(),
            }
        },
    )
}

/// Names of a package, none a twin of another, and what is in them.
fn members() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    btree_map("[a-z\u{4e00}-\u{4e20}][a-z0-9._-]{0,12}", vec(any::<u8>(), 0..600), 1..12)
        .prop_map(|all| all.into_iter().map(|(name, content)| (format!("r_1/{name}"), content)).collect())
}

async fn read(reader: Arc<dyn package::RangeReader>) -> Vec<(String, Vec<u8>)> {
    let package = Package::open(&ctx(), reader).await.unwrap();
    let mut all = Vec::new();
    for entry in package.entries() {
        let content = package.read_member(&ctx(), entry, 1 << 20).await.unwrap();
        all.push((entry.name.clone(), content.to_vec()));
    }
    all
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_manifest_comes_back(manifest in any_manifest()) {
        prop_assert_eq!(Manifest::parse(Path::new("b"), &manifest.to_bytes()).unwrap(), manifest);
    }

    #[test]
    fn weighed_json_is_what_it_was(value in any_json()) {
        prop_assert_eq!(json::from_str::<Value>(&value.to_string()).unwrap(), value);
    }

    #[test]
    fn a_zip_comes_back(members in members(), packed in any::<bool>()) {
        let pack = if packed { Pack::Deflated } else { Pack::Stored };
        let zip = members.iter().fold(Zip::default(), |zip, (name, content)| zip.add(name, content, pack));
        prop_assert_eq!(wait(read(Counted::new(zip.finish()))), members);
    }

    #[test]
    fn a_package_of_ours_comes_back(members in members()) {
        let made = members.iter().map(|(name, content)| MadeMember {
            name: name.clone(),
            parts: content.chunks(100).map(|piece| Part::Bytes(Bytes::copy_from_slice(piece))).collect(),
        });
        let made = MadePackage::new(made.collect()).unwrap();
        prop_assert_eq!(wait(read(Arc::new(made))), members);
    }

    #[test]
    fn no_json_is_too_strange_for_what_describes_an_app(value in any_json(), key in "apps|Services|plugins|group_info") {
        let text = serde_json::json!({key: value, "apps": [value], "Services": [value]}).to_string();
        for read in [region_metadata, console_metadata, import_package] {
            if let Err(problem) = read(text.as_bytes()) {
                prop_assert_ne!(problem.code, Code::Internal);
            }
        }
    }
}
