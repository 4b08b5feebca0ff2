//! The walls of the page: what the window lets it load, run and ask, by its configuration and by the page that was built.

use crate::Ledger;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

pub(crate) fn walls(ledger: &mut Ledger) {
    let conf = json("src-tauri/tauri.conf.json");
    policy(ledger, conf["app"]["security"]["csp"].as_str().unwrap_or_default());
    let none = |value: &Value| value.is_null() || *value == false;
    ledger.holds("the program's own objects are not in the page", none(&conf["app"]["withGlobalTauri"]), &conf["app"]);
    let loose = &conf["app"]["security"]["dangerousDisableAssetCspModification"];
    ledger.holds("the policy is the window's too", none(loose), loose);
    ledger.holds(
        "no file of this computer is served to the page",
        none(&conf["app"]["security"]["assetProtocol"]["enable"]),
        (),
    );

    let named = &conf["app"]["security"]["capabilities"];
    ledger.holds("one set of permissions", *named == serde_json::json!(["main"]), named);
    let files: Vec<_> = std::fs::read_dir(root().join("src-tauri/capabilities")).unwrap().flatten().collect();
    ledger.holds("and one file of them", files.len() == 1, &files);
    let main = json("src-tauri/capabilities/main.json");
    let wanted = serde_json::json!(["core:event:allow-listen", "core:event:allow-unlisten"]);
    ledger.holds("the page may hear events, and nothing else", main["permissions"] == wanted, &main);
    ledger.holds(
        "no page from elsewhere may",
        main["remote"].is_null() && main["windows"] == serde_json::json!(["main"]),
        &main,
    );

    let shell = sources(&root().join("src-tauri/src"));
    let commands = shell.matches("#[tauri::command]").count();
    ledger.holds("there is one command", commands == 1 && shell.contains("generate_handler![rpc::rpc]"), commands);
    built(ledger);
}

/// Strict: scripts are files of the program, nothing comes from elsewhere, and nothing goes there.
fn policy(ledger: &mut Ledger, csp: &str) {
    let rules: Vec<Vec<&str>> = csp.split(';').map(|rule| rule.split_whitespace().collect()).collect();
    let rule = |name: &str| rules.iter().find(|rule| rule.first() == Some(&name)).map_or(&[][..], |rule| &rule[1..]);
    ledger.holds("what is not named is not loaded", rule("default-src") == ["'none'"], rule("default-src"));
    ledger.holds("scripts are the program's own", rule("script-src") == ["'self'"], rule("script-src"));
    for name in ["base-uri", "form-action", "frame-ancestors", "object-src"] {
        ledger.holds(&format!("{name} is nobody"), rule(name) == ["'none'"], rule(name));
    }
    let to_core = ["ipc:", "http://ipc.localhost"];
    ledger.holds("the page speaks with the core alone", rule("connect-src") == to_core, rule("connect-src"));
    let words = rules.iter().flatten().copied();
    let foreign: Vec<&str> =
        words.filter(|word| word.contains("//") && !to_core.contains(word) || *word == "*").collect();
    ledger.holds("nowhere else is named", foreign.is_empty(), &foreign);
    ledger.holds("nothing is evaluated", !csp.contains("unsafe-eval"), csp);
}

/// The page as it was built.
fn built(ledger: &mut Ledger) {
    let dist = root().join("ui/dist");
    let page = std::fs::read_to_string(dist.join("index.html")).expect("the page is built: make ui");
    let scripts: Vec<&str> = page.split("<script").skip(1).collect();
    let inline = scripts.iter().any(|script| !script.split('>').next().unwrap().contains("src=\"/assets/"));
    ledger.holds("no script is written into the page", !scripts.is_empty() && !inline, &page);
    ledger.holds("the page names nothing elsewhere", !page.contains("://"), &page);
    let code: String = std::fs::read_dir(dist.join("assets"))
        .unwrap()
        .flatten()
        .map(|entry| String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned())
        .collect();
    for word in ["eval(", "new Function(", "importScripts(", "document.write(", "@import", "url(http"] {
        ledger.holds(&format!("the built page has no {word}"), !code.contains(word), word);
    }
}

fn sources(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect()
}
