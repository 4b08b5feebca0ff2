//! The report of a job tells what was planned, done and found, in two languages, on one page that needs nothing else, as
//! long as the job is kept, and no secret.

use crate::world::{Client, PASSWORD, SHOP, TestHost, World, done, helpful};
use rainferry_core::Code;
use rainferry_core::api::{
    CheckId, HistoryFormat, HistoryRequest, JobReport, Language, PhaseName, ReportFormat, ReportRequest,
};

async fn saved(client: &Client, request: ReportRequest) -> String {
    std::fs::read_to_string(client.core.save_report(request).await.unwrap().path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_outlives_the_program_and_holds_no_secret() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let plan = client.plan(client.voyage(&world).await).await;
    let job = client.perform(client.voyage(&world).await).await;
    done(&job);
    let before = client.core.job_report(job.id.clone()).await.unwrap();
    client.core.close().await;
    drop(client);

    let client = Client::open(TestHost::knowing(&world.home(), &world.library(), host.secrets())).await.unwrap();
    let report = client.core.job_report(job.id.clone()).await.unwrap();
    assert_eq!(report, before);
    let shown = report.plan.as_ref().unwrap();
    assert_eq!((&shown.stays, &shown.changes, shown.lane), (&plan.stays, &plan.changes, plan.lane));
    assert!(shown.checks.iter().any(|check| check.id == CheckId::Credentials && check.fix.is_some()));
    assert!(report.steps.iter().any(|step| step.name == PhaseName::Copy && step.started_at.is_some()));
    assert_eq!(report.result.arrived, job.report.unwrap().arrived);
    assert!(!report.by_hand.is_empty());
    // What was made again is not to be done by hand.
    assert!(report.gateway.iter().all(|row| row.old != "shop.example.test/"), "{:?}", report.gateway);

    let ask = |format, language, path: Option<&str>| ReportRequest {
        job: job.id.clone(),
        format,
        language,
        path: path.map(|name| world.dir.path().join(name).display().to_string()),
    };
    let english = saved(&client, ask(ReportFormat::Html, Some(Language::En), Some("en.html"))).await;
    let chinese = saved(&client, ask(ReportFormat::Html, Some(Language::Zh), None)).await;
    let json = saved(&client, ask(ReportFormat::Json, None, None)).await;
    assert_eq!(serde_json::from_str::<JobReport>(&json).unwrap(), report);
    for (page, words) in
        [(&english, ["What arrived", "Checks", "To do by hand"]), (&chinese, ["到达的", "检查", "需要手动做的"])]
    {
        assert!(page.contains(SHOP) && page.contains("prefers-color-scheme") && page.contains("@media print"));
        for word in words {
            assert!(page.contains(word), "{word}");
        }
        for foreign in ["<script", "src=", "<link", "@import", "url("] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }
    let secrets = [PASSWORD.to_owned(), "shop-root".to_owned(), world.shanghai().store().secret_key];
    for secret in &secrets {
        assert!(![&english, &chinese, &json].iter().any(|text| text.contains(secret)), "{secret}");
    }
    // A file that somebody named is never written over.
    let again = client.core.save_report(ask(ReportFormat::Html, None, Some("en.html"))).await.unwrap_err();
    helpful(&again, Code::FileExists);
}

/// In the window the desktop's dialog says where a report goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_goes_where_the_dialog_says() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let job = client.perform(client.voyage(&world).await).await;
    let ask = |format| ReportRequest { job: job.id.clone(), format, language: Some(Language::Zh), path: None };
    helpful(&client.core.save_report_as(ask(ReportFormat::Html)).await.unwrap_err(), Code::NotHere);

    host.sit_down(None);
    assert_eq!(client.core.save_report_as(ask(ReportFormat::Html)).await.unwrap(), None);

    // It was there, and the dialog asked about it.
    let place = world.dir.path().join("报告.html");
    std::fs::write(&place, "older").unwrap();
    let desktop = host.sit_down(Some(&place));
    let saved = client.core.save_report_as(ask(ReportFormat::Html)).await.unwrap().unwrap();
    assert_eq!(saved.path, place.display().to_string());
    assert!(std::fs::read_to_string(&place).unwrap().contains("任务报告"));
    assert_eq!(*desktop.offered.lock().unwrap(), [format!("{SHOP}-{}.html", job.id)]);

    client.core.open_report(saved.clone()).await.unwrap();
    assert_eq!(desktop.opened.lock().unwrap().first(), Some(&place));
    std::fs::remove_file(&place).unwrap();
    helpful(&client.core.open_report(saved).await.unwrap_err(), Code::NotFound);

    // A name without an ending gets one, of which nobody asked.
    host.sit_down(Some(&world.dir.path().join("plain")));
    let saved = client.core.save_report_as(ask(ReportFormat::Json)).await.unwrap().unwrap();
    assert!(saved.path.ends_with("plain.json"), "{}", saved.path);
    helpful(&client.core.open_report(saved.clone()).await.unwrap_err(), Code::BadRequest);
    assert!(serde_json::from_str::<JobReport>(&std::fs::read_to_string(&saved.path).unwrap()).is_ok());
    helpful(&client.core.save_report_as(ask(ReportFormat::Json)).await.unwrap_err(), Code::FileExists);
}

/// Ended jobs are a table in a file: as asked for, newest first, without secrets, and never over another file.
#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_a_table_in_a_file() {
    let world = World::two_clusters().await;
    let host = TestHost::at(&world.home(), &world.library());
    let client = Client::open(host.clone()).await.unwrap();
    client.save(world.beijing()).await;
    client.save(world.shanghai()).await;
    let first = client.perform(client.voyage(&world).await).await;
    let second = client.perform(client.voyage(&world).await).await;
    done(&second);
    let file = |name: &str| Some(world.dir.path().join(name).display().to_string());
    let ask = |format, jobs, path| HistoryRequest { format, jobs, path };

    let saved = client.core.save_history(ask(HistoryFormat::Csv, None, file("all.csv"))).await.unwrap();
    let csv = std::fs::read_to_string(&saved.path).unwrap();
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(lines[0].starts_with("job,kind,state,app,source,target,created_at,"), "{}", lines[0]);
    assert!(lines[1].starts_with(&format!("{},migrate,done,{SHOP}", second.id)), "{}", lines[1]);
    assert!(lines[2].starts_with(&first.id.0), "{}", lines[2]);
    assert!(!csv.contains(PASSWORD) && !csv.contains("shop-root"));

    let one = Some(vec![first.id.clone()]);
    let saved = client.core.save_history(ask(HistoryFormat::Json, one, file("one.json"))).await.unwrap();
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&saved.path).unwrap()).unwrap();
    let rows = json["jobs"].as_array().unwrap();
    assert_eq!((rows.len(), rows[0]["job"].as_str()), (1, Some(first.id.as_str())));
    assert_eq!(rows[0]["arrived"].as_u64(), first.report.map(|report| report.arrived.len() as u64));

    let again = client.core.save_history(ask(HistoryFormat::Csv, None, file("all.csv"))).await.unwrap_err();
    helpful(&again, Code::FileExists);
    let unknown = ask(HistoryFormat::Csv, Some(vec!["j-none".into()]), file("none.csv"));
    assert_eq!(client.core.save_history(unknown).await.unwrap_err().code, Code::NotFound);

    host.sit_down(Some(&world.dir.path().join("plain")));
    let saved = client.core.save_history_as(ask(HistoryFormat::Csv, None, None)).await.unwrap().unwrap();
    assert!(saved.path.ends_with("plain.csv"), "{}", saved.path);
}
