//! The world of the rebuild lane (15xx), and what was done there between the recorded requests.

use rainferry_sandbox::{AppPlan, ComponentPlan, Role, SeedPlan};
use serde_json::{Value, json};

use super::stage::Stage;
use super::worlds;
use crate::packages::{package, shop, shop_images};

const TEAM: &str = "57u4c1mv";
const EID: &str = "91a533efa65a324788534790d3348d73";

/// Thirty-three apps were there before, the numbers in the recorded paths go on from them.
pub(crate) fn world() -> SeedPlan {
    let files = ComponentPlan {
        volumes: vec![("nfs".to_owned(), "nfs-csi".to_owned(), "/data".to_owned(), 5)],
        ..worlds::web("文件库", "fs", "")
    };
    let blank = |at: usize| AppPlan {
        components: if at == 0 { vec![files.clone()] } else { Vec::new() },
        ..worlds::app(TEAM, &format!("从前{at}"), &format!("before{at}"), Vec::new())
    };
    SeedPlan {
        enterprise_id: EID.to_owned(),
        enterprise_alias: "甲企业".to_owned(),
        users: vec![
            worlds::user("admin", worlds::password("admin"), "13800000001", true),
            worlds::user("outsider", worlds::password("outsider"), "13800000013", false),
        ],
        regions: vec![worlds::region("rainbond"), worlds::region("region-two")],
        teams: vec![worlds::team(TEAM, "甲团队", &["rainbond", "region-two"], &[("admin", Role::Admin)])],
        apps: (0..33).map(blank).collect(),
        ..SeedPlan::default()
    }
}

/// What the recorded uploads carried, with images, which the recorder's stand-in did not load.
pub(crate) fn uploaded(file: &str) -> Vec<u8> {
    let mut template = shop();
    match file {
        "broken.tar.gz" => return b"not a package".to_vec(),
        "same-key.tar.gz" => {
            template["group_name"] = json!("other-name-1500");
            template["annotations"]["describe"] = json!("another template under the same key");
        }
        "mixed-1501.tar.gz" => {
            template["group_key"] = json!(format!("1501{}", "b".repeat(28)));
            template["group_name"] = json!("mixed-1501");
            template["apps"][1]["arch"] = json!("arm64");
        }
        _ => {}
    }
    package(&template, &shop_images())
}

/// An import nobody recorded the beginning of, standing for the recorded event.
async fn begun(stage: &mut Stage, event: &str, file: &str) {
    let path = format!("/console/enterprise/{EID}/app-models/import");
    let made = stage.own("A", "POST", &path, None).await;
    let id = made["data"]["bean"]["event_id"].as_str().unwrap().to_owned();
    let form = reqwest::multipart::Form::new()
        .part("appTarFile", reqwest::multipart::Part::bytes(uploaded(file)).file_name(file.to_owned()));
    let url = format!("{}{}", stage.url("A"), made["data"]["bean"]["upload_url"].as_str().unwrap());
    assert!(stage.http.post(url).multipart(form).send().await.unwrap().status().is_success());
    stage.ids.insert(event.to_owned(), id);
}

async fn started(stage: &mut Stage, event: &str, file: &str) {
    begun(stage, event, file).await;
    let path = format!("/console/enterprise/{EID}/app-models/import/{}", stage.ids[event]);
    let body = json!({"scope": "team", "tenant_name": TEAM, "file_name": file});
    stage.own("A", "POST", &path, Some(body)).await;
}

async fn app(stage: &mut Stage, region: &str, name: &str, k8s: &str, id: u64) {
    let path = format!("/console/teams/{TEAM}/groups?region_name={region}");
    let made = stage.own("A", "POST", &path, Some(json!({"app_name": name, "k8s_app": k8s, "note": ""}))).await;
    assert_eq!(made["data"]["bean"]["ID"], id);
}

async fn on_components(stage: &mut Stage, names: &[&str], deletes: bool) {
    let state = stage.state("A");
    for row in state.components_of(34).filter(|row| names.contains(&row.name.as_str())) {
        let body = json!({"action": "stop", "service_ids": row.service_id});
        stage.own("A", "POST", &format!("/console/teams/{TEAM}/batch_actions"), Some(body)).await;
        if deletes {
            let path = format!("/console/teams/{TEAM}/apps/{}/delete", row.alias);
            let gone = stage.own("A", "DELETE", &path, Some(json!({"is_force": true}))).await;
            assert_eq!(gone["code"], 200, "{gone}");
        }
    }
}

pub(crate) async fn before(stage: &mut Stage, number: u32) {
    match number {
        1512 => stage.hold(true),
        1514 => stage.hold(false),
        1516 => begun(stage, "fb795b2f51a64b9c900b80be0934ceb0", "broken.tar.gz").await,
        1518 => started(stage, "bfee362eff354654838330166dbd6762", "same-key.tar.gz").await,
        1525 => started(stage, "99a70b75c62140a7a69f0786dade1c33", "mixed-1501.tar.gz").await,
        1531 => app(stage, "region-two", "另一个集群", "elsewhere", 35).await,
        1536 => app(stage, "rainbond", "外人的应用", "outsiders", 36).await,
        1562 => {
            let state = stage.state("A");
            let database = state.components_of(34).find(|row| row.name == "数据库").unwrap();
            let shared = database.volumes.iter().find(|volume| volume.name == "shared2").unwrap().id;
            stage.ids.insert("\"id\": 55".to_owned(), format!("\"id\": {shared}"));
        }
        1595 => on_components(stage, &["前端"], false).await,
        1596 => on_components(stage, &["数据库", "外部库"], true).await,
        _ => {}
    }
    stage.settle().await;
}

/// Aliases are made from ids, so a recorded one stands for another of ours.
pub(crate) fn learn_aliases(stage: &mut Stage, recorded: &Value, ours: &Value) {
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(other)) => {
            if let (Some(recorded), Some(ours)) = (recorded.get("service_alias"), other.get("service_alias")) {
                let (recorded, ours) = (recorded.as_str().unwrap(), ours.as_str().unwrap());
                stage.ids.entry(recorded.to_owned()).or_insert_with(|| ours.to_owned());
            }
            for (key, value) in recorded {
                if let Some(other) = other.get(key) {
                    learn_aliases(stage, value, other);
                }
            }
        }
        (Value::Array(recorded), Value::Array(ours)) if recorded.len() == ours.len() => {
            recorded.iter().zip(ours).for_each(|(recorded, ours)| learn_aliases(stage, recorded, ours));
        }
        _ => {}
    }
}
