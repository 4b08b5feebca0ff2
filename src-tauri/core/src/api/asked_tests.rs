//! Words of a start: what opens, and what hostile ones are told.

use super::*;
use rstest::rstest;

fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("商城 1.tar.zst");
    std::fs::write(&file, b"bytes").unwrap();
    (folder, file)
}

#[test]
fn files_are_found_by_path_by_address_and_by_link() {
    let (folder, file) = place();
    let whole = file.display().to_string();
    let encoded = Url::from_file_path(&file).unwrap().to_string();
    let link = Url::parse_with_params("rainferry://import", [("file", &whole)]).unwrap().to_string();
    for word in ["商城 1.tar.zst", whole.as_str(), encoded.as_str(), link.as_str()] {
        assert_eq!(understood(word, folder.path()), Ok(Word::File(file.clone())), "{word}");
    }
}

#[test]
fn links_name_consoles_and_plans_in_full() {
    let (folder, file) = place();
    let console =
        understood("rainferry://console?address=https%3A%2F%2Fconsole.example.com%3A7070%2Fsub", folder.path());
    assert_eq!(console, Ok(Word::Console("https://console.example.com:7070/sub".to_owned())));
    let team = |console: &str| TeamWords { console: console.into(), cluster: "rainbond".into(), team: "ops".into() };
    let to = "to-console=http://b&to-cluster=rainbond&to-team=ops";
    let backup = understood(
        &format!("rainferry://plan?console=http://a&cluster=rainbond&team=ops&backup=77&{to}"),
        folder.path(),
    );
    let source = SourceWords::Backup(team("http://a"), "77".to_owned());
    assert_eq!(backup, Ok(Word::Plan(PlanWords { source, target: Some(team("http://b")) })));
    let app = understood("rainferry://plan?console=http://a&cluster=rainbond&team=ops&app=7", folder.path());
    assert_eq!(app, Ok(Word::Plan(PlanWords { source: SourceWords::App(team("http://a"), 7), target: None })));
    let import = understood(
        &format!("rainferry://plan?file={}&{to}", file.display().to_string().replace(' ', "%20")),
        folder.path(),
    );
    assert_eq!(import, Ok(Word::Plan(PlanWords { source: SourceWords::File(file), target: Some(team("http://b")) })));
}

#[rstest]
#[case("rainferry://")]
#[case("rainferry:console?address=http://a")]
#[case("rainferry://delete?backup=1")]
#[case("rainferry://console")]
#[case("rainferry://console?address=")]
#[case("rainferry://console?address=javascript:alert(1)")]
#[case("rainferry://console?address=file:///etc/passwd")]
#[case("rainferry://console?address=https://bank.example@evil.example")]
#[case("rainferry://console?address=https://a?x=1")]
#[case("rainferry://console?address=http://a&address=http://b")]
#[case("rainferry://console?address=http://a&password=x")]
#[case("rainferry://console/start?address=http://a")]
#[case("rainferry://me@console?address=http://a")]
#[case("rainferry://console:8080?address=http://a")]
#[case("rainferry://console?address=http://a#start")]
#[case("rainferry://console?address=http://a%0d%0aHost:%20b")]
#[case("rainferry://import?file=/etc/passwd")]
#[case("rainferry://import?file=/dev/zero")]
#[case("rainferry://import?file=here.tar.zst")]
#[case("rainferry://import?file=../../here.tar.zst")]
#[case("rainferry://import?file=//server/share/here.tar.zst")]
#[case("rainferry://import?file=%5C%5Cserver%5Cshare%5Chere.tar.zst")]
#[case("rainferry://import?file=/nowhere/here.tar.zst")]
#[case("rainferry://import?file=/tmp/a%00.tar.zst")]
#[case("rainferry://plan?console=http://a&cluster=r&team=t")]
#[case("rainferry://plan?console=http://a&cluster=r&team=t&app=one")]
#[case("rainferry://plan?console=http://a&cluster=..%2F..&team=t&app=1")]
#[case("rainferry://plan?console=http://a&cluster=r&team=a%2Fb&backup=1")]
#[case("rainferry://plan?console=http://a&cluster=r&team=t&backup=1&confirm=yes")]
#[case("rainferry://plan?console=http://a&cluster=r&team=t&backup=1&to-console=http://b")]
#[case("file://server/share/here.tar.zst")]
#[case("file:///etc/passwd")]
#[case("https://example.com/here.tar.zst")]
#[case("--remote-debugging-port=9222")]
#[case("-x")]
#[case("")]
#[case("notes.txt")]
#[case("folder.tar.zst")]
#[case("a\u{1b}[31m.bak")]
fn what_is_not_understood_whole_is_refused_with_words(#[case] word: &str) {
    let (folder, _) = place();
    std::fs::create_dir(folder.path().join("folder.tar.zst")).unwrap();
    let problem = understood(word, folder.path()).unwrap_err();
    assert!(matches!(problem.code, Code::BadAddress | Code::NotFound), "{problem:?}");
    assert!(!problem.message.is_empty());
}

#[test]
fn a_word_without_end_is_refused_before_it_is_read() {
    assert!(
        understood(&format!("rainferry://console?address=http://{}", "a".repeat(LONGEST_WORD)), Path::new("/"))
            .is_err()
    );
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let (folder, _) = place();
    let pipe = folder.path().join("pipe.bak");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(understood("pipe.bak", folder.path()).is_err());
}
