//! Answers that no console gives: what stands between it and us, or in its place, speaks for itself.

use crate::corpus::{Case, Kind};
use crate::parts::{gzipped, gzipped_zeros};

/// Calls whose answer is replaced, by a piece of their path; all before them are answered well.
pub(crate) const STAGES: [(&str, &str); 6] = [
    ("config", "/config/info"),
    ("login", "/users/login"),
    ("me", "/users/details"),
    ("regions", "/regions"),
    ("apps", "/apps"),
    ("backups", "/groupapp/backup"),
];

const LOGIN_PAGE: &str = "<!DOCTYPE html><html><body><form action=/login>Please log in</form></body></html>";
const JSON: &str = "application/json";
const HTML: &str = "text/html";
/// What a call may be answered with after all.
const FINE: [(&str, &str); 7] = [
    // Rows that are none are left out.
    ("regions", "list"),
    ("apps", "list"),
    ("backups", "list"),
    // A way to another answer of the same console is gone.
    ("regions", "moved-in-a-circle"),
    ("apps", "moved-in-a-circle"),
    ("backups", "moved-in-a-circle"),
    // Older consoles have another call for it.
    ("apps", "404-page"),
];

pub(crate) fn all(cases: &mut Vec<Case>) {
    for (stage, _) in STAGES {
        for (what, bytes) in answers() {
            if !FINE.contains(&(stage, what)) {
                cases.push(Case::new(Kind::Answer, &format!("{stage}-{what}"), bytes));
            }
        }
    }
}

fn answer(status: &str, kind: &str, more: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{more}connection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn answers() -> Vec<(&'static str, Vec<u8>)> {
    let said = |status: &str, text: &str| answer(status, JSON, "", text.as_bytes());
    let page = |status: &str, text: &str| answer(status, HTML, "", text.as_bytes());
    let moved = |to: &str| answer("302 Found", HTML, &format!("location: {to}\r\n"), b"");
    let zipped = |body: Vec<u8>| answer("200 OK", JSON, "content-encoding: gzip\r\n", &body);
    let good = gzipped(br#"{"code":200,"msg":"success","data":{"bean":{},"list":[]}}"#);
    let traceback = r#"{"code":500,"msg":"Traceback (most recent call last):\n  File \"views.py\", line 7\nKeyError: 'x'","msg_show":"Traceback (most recent call last):\n  File","data":{}}"#;
    vec![
        ("login-page", page("200 OK", LOGIN_PAGE)),
        ("login-page-as-json", said("200 OK", LOGIN_PAGE)),
        ("null", said("200 OK", "null")),
        ("text", said("200 OK", "\"success\"")),
        ("number", said("200 OK", "200")),
        ("list", said("200 OK", "[1, 2, 3]")),
        ("cut-json", said("200 OK", r#"{"code":200,"data":{"list":[{"#)),
        ("two-jsons", said("200 OK", r#"{"code":200}{"code":200}"#)),
        ("no-utf8", answer("200 OK", JSON, "", b"{\"code\":200,\"msg\":\"\xff\xfe\"}")),
        ("code-500", said("200 OK", r#"{"code":500,"msg":"system error","msg_show":"系统异常","data":{}}"#)),
        ("code-400", said("200 OK", r#"{"code":400,"msg":"params error","msg_show":"参数错误","data":{}}"#)),
        ("code-10402", said("200 OK", r#"{"code":10402,"msg":"no permission","msg_show":"没有权限","data":{}}"#)),
        ("code-10411", said("200 OK", r#"{"code":10411,"msg":"region error","msg_show":"集群异常","data":{}}"#)),
        ("code-negative", said("200 OK", r#"{"code":-1,"data":{"bean":{},"list":[]}}"#)),
        ("deep", said("200 OK", &format!("{{\"code\":200,\"data\":{}", "[".repeat(100_000)))),
        ("swelling", said("200 OK", &format!("{{\"code\":200,\"data\":{{\"list\":[{}0]}}}}", "[],".repeat(500_000)))),
        ("without-end", answer("200 OK", JSON, "", &vec![b' '; 33 << 20])),
        ("traceback", said("500 Internal Server Error", traceback)),
        ("traceback-page", page("500 Internal Server Error", "<h1>KeyError at /console</h1><pre>Traceback</pre>")),
        ("502", page("502 Bad Gateway", "<html><h1>502 Bad Gateway</h1><hr>nginx</html>")),
        ("503", page("503 Service Unavailable", "no healthy upstream")),
        ("504", page("504 Gateway Time-out", "<html><h1>504</h1></html>")),
        ("502-empty", page("502 Bad Gateway", "")),
        ("403-page", page("403 Forbidden", "<html>WAF: your request was blocked</html>")),
        ("404-page", page("404 Not Found", "<html>404</html>")),
        ("405", page("405 Method Not Allowed", "")),
        ("413", page("413 Request Entity Too Large", "<html>413</html>")),
        ("429", said("429 Too Many Requests", r#"{"detail":"Request was throttled."}"#)),
        ("moved-away", moved("http://198.51.100.7/login?next=/console")),
        ("moved-nowhere", answer("302 Found", HTML, "", b"")),
        ("moved-to-a-file", moved("file:///etc/passwd")),
        ("moved-to-a-script", moved("javascript:alert(1)")),
        ("moved-in-a-circle", moved("/console/config/info")),
        ("gzip-cut", zipped(good[..good.len() / 2].to_vec())),
        ("gzip-none", zipped(b"{\"code\":200}".to_vec())),
        ("gzip-bomb", zipped(gzipped_zeros(b"", 96))),
        ("shorter-than-it-says", {
            let whole = said("200 OK", r#"{"code":200,"data":{"bean":{},"list":[]}}"#);
            whole[..whole.len() - 9].to_vec()
        }),
        ("chunks-odd", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n{}\r\n0\r\n\r\n".to_vec()),
        ("no-http", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("half-a-head", b"HTTP/1.1 200 OK\r\ncontent-le".to_vec()),
        ("head-without-end", [&b"HTTP/1.1 200 OK\r\n"[..], &b"x-a: b\r\n".repeat(100_000)].concat()),
        ("status-none", b"HTTP/1.1 abc OK\r\n\r\n{}".to_vec()),
    ]
}
