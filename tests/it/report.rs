//! The report of a job tells what was planned, done and found, in two languages, on one page that needs nothing else, as
//! long as the job is kept, and no secret.

use crate::world::{Client, PASSWORD, SHOP, TestHost, World, done, helpful};
use rainferry_core::Code;
use rainferry_core::api::{CheckId, JobReport, Language, PhaseName, ReportFormat, ReportRequest};

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
