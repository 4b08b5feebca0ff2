//! The envelope of a console's answers, in the shapes the recordings show, refusals and crashes included.

use serde_json::{Map, Value, json};

use crate::era::{Crash, Era};

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

/// An early `return` of a view is an `Err`, so that `?` reads as one.
pub(crate) type Reply = Result<Answer, Answer>;

/// What sits under `data`.
#[derive(Debug)]
pub(crate) struct Data {
    bean: Value,
    list: Value,
    extra: Map<String, Value>,
}

impl Data {
    pub(crate) fn none() -> Self {
        Self { bean: json!({}), list: json!([]), extra: Map::new() }
    }

    pub(crate) fn bean(bean: Value) -> Self {
        Self { bean, ..Self::none() }
    }

    /// `list` is an array nearly always; the status of an app is an object there (recorded 252).
    pub(crate) fn list(list: impl Into<Value>) -> Self {
        Self { list: list.into(), ..Self::none() }
    }

    pub(crate) fn and_bean(mut self, bean: Value) -> Self {
        self.bean = bean;
        self
    }

    pub(crate) fn and(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(key.to_owned(), value.into());
        self
    }
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes() }
    }

    /// The usual envelope.
    pub(crate) fn said(status: u16, code: u16, msg: &str, show: &str, data: Data) -> Self {
        let mut inner = Map::from_iter([("bean".to_owned(), data.bean), ("list".to_owned(), data.list)]);
        inner.extend(data.extra);
        Self::json(status, &json!({"code": code, "msg": msg, "msg_show": show, "data": inner}))
    }

    pub(crate) fn found(data: Data) -> Self {
        Self::said(200, 200, "success", "查询成功", data)
    }

    pub(crate) fn done(show: &str) -> Self {
        Self::said(200, 200, "success", show, Data::none())
    }

    pub(crate) fn refused(status: u16, msg: &str, show: &str) -> Self {
        Self::said(status, status, msg, show, Data::none())
    }

    pub(crate) fn refused_as(status: u16, code: u16, msg: &str, show: &str) -> Self {
        Self::said(status, code, msg, show, Data::none())
    }

    /// Without `data`: failed logins, missing parameters, faults of the region.
    pub(crate) fn bare(status: u16, code: u16, msg: &Value, show: &str) -> Self {
        Self::json(status, &json!({"code": code, "msg": msg, "msg_show": show}))
    }

    pub(crate) fn unauthorised(era: Era) -> Self {
        let msg = json!("Signature has expired.");
        Self::bare(era.unauthorised(), 10405, &msg, "身份认证信息失败，请登录")
    }

    pub(crate) fn no_permission() -> Self {
        // The trailing blank is the console's (recorded 1105).
        Self::refused_as(403, 10402, "no permissions ", "没有操作权限")
    }

    /// An unhandled exception, in three manners.
    pub(crate) fn crashed(era: Era, exception: &str, msg: &str, module: &str) -> Self {
        match era.traits().crash {
            Crash::Html => return Self::page(500, "text/html", "<h1>Server Error (500)</h1>".to_owned()),
            Crash::Silent => return Self::bare(500, 10401, &json!(""), "服务端异常"),
            Crash::Traceback => {}
        }
        let trace = traceback(&qualified(module, exception), msg);
        let body = json!({
            "code": 10401, "msg": msg, "msg_show": trace, "error_type": exception, "error_trace": trace,
            "error_details": {"args": [msg], "message": msg, "module": module},
        });
        Self::json(500, &body)
    }

    /// A view whose own error handling fails: Python 3 exceptions have no `.message` (recorded 548, 610).
    pub(crate) fn crashed_in_handler(era: Era, exception: &str) -> Self {
        if !era.traits().handlers_crash {
            return Self::refused(500, exception, "系统异常");
        }
        let msg = format!("'{exception}' object has no attribute 'message'");
        Self::crashed(era, "AttributeError", &msg, "builtins")
    }

    /// An error of the REST framework itself.
    pub(crate) fn framework(status: u16, exception: &str, detail: &str) -> Self {
        let trace = traceback(&format!("rest_framework.exceptions.{exception}"), detail);
        let body = json!({
            "detail": detail, "code": status, "msg": detail, "msg_show": detail,
            "error_type": exception, "error_trace": trace,
        });
        Self::json(status, &body)
    }

    pub(crate) fn unknown_path(era: Era) -> Self {
        const V5: &str = "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>";
        let (kind, body) = if era.is_v6() {
            let page = format!(
                "\n<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n  {V5}\n</body>\n</html>\n"
            );
            ("text/html; charset=utf8", page)
        } else {
            ("text/html", V5.to_owned())
        };
        Self::page(404, kind, body)
    }

    fn page(status: u16, kind: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type", kind.to_owned())], body: body.into_bytes() }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 200, headers: Vec::new(), body: Vec::new() }
    }

    /// The console asked the region and got an error: its whole request comes back in `msg` (recorded 539, 718, 767).
    pub(crate) fn region_said(url: &str, method: &str, status: u16, message: &str) -> Value {
        json!({"apitype": "Not specified", "url": url, "method": method, "httpcode": status, "body": {"msg": message}})
    }

    pub(crate) fn region_down(port: u16, path: &str) -> Self {
        let msg = format!(
            "MaxRetryErrorHTTPConnectionPool(host='127.0.0.1', port={port}): Max retries exceeded with url: {path} \
             (Caused by NewConnectionError('<urllib3.connection.HTTPConnection object>: Failed to establish a new \
             connection: [Errno 111] Connection refused'))"
        );
        Self::refused_as(400, 10411, &msg, "访问数据中心异常，请稍后重试")
    }
}

fn qualified(module: &str, exception: &str) -> String {
    if module == "builtins" { exception.to_owned() } else { format!("{module}.{exception}") }
}

fn traceback(exception: &str, msg: &str) -> String {
    format!(
        "Traceback (most recent call last):\n  File \"/app/ui/py_venv/lib/python3.11/site-packages/rest_framework/views.py\", \
         line 512, in dispatch\n    response = handler(request, *args, **kwargs)\n{exception}: {msg}\n"
    )
}
