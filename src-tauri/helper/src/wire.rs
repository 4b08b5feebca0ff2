//! HTTP to presigned URLs: GET of an object from any byte on, PUT of a body. Tries again what a broken line spoilt.

use crate::fault::{Fault, shown};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

/// Waits between tries, while a store's pod may be starting anew.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(300),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(8),
    Duration::from_secs(20),
];
const STALL: Duration = Duration::from_secs(120);

#[derive(Clone)]
pub(crate) struct Wire {
    agent: ureq::Agent,
}

/// How often to try.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tries {
    Once,
    Patiently,
}

type Answer = ureq::http::Response<ureq::Body>;

impl Wire {
    pub(crate) fn new(ca_pem: Option<&str>) -> Result<Self, Fault> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(roots(ca_pem)?)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // The app's own proxy settings are in the environment; they are not meant for us.
            .proxy(None)
            .timeout_connect(Some(Duration::from_secs(15)))
            .timeout_per_read(Some(STALL))
            .timeout_per_write(Some(STALL))
            .tls_config(tls)
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// A small object, whole.
    pub(crate) fn get_small(&self, url: &str, limit: u64) -> Result<Vec<u8>, Fault> {
        let mut pauses = PAUSES.iter();
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = patiently(url, Tries::Patiently, || self.agent.get(url).call())?;
            let error = match answer.into_body().into_with_config().limit(limit).read_to_vec() {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            let is_broken = !matches!(error, ureq::Error::BodyExceedsLimit(_));
            match pauses.next().filter(|_| is_broken) {
                Some(pause) => wait(*pause),
                None => return Err(Fault::NoAnswer { url: shown(url), tries, cause: error.to_string() }),
            }
        }
    }

    /// Stores a body; its tag.
    pub(crate) fn put(&self, url: &str, body: &[u8], tries: Tries) -> Result<Option<String>, Fault> {
        let answer = patiently(url, tries, || self.agent.put(url).send(body))?;
        Ok(answer.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned))
    }

    /// An object's bytes from `at` on.
    pub(crate) fn object(&self, url: &str, size: u64, at: u64) -> Object {
        Object { wire: self.clone(), url: url.to_owned(), size, at, tag: None, body: None, broken: 0 }
    }
}

fn roots(ca_pem: Option<&str>) -> Result<RootCerts, Fault> {
    let Some(pem) = ca_pem else { return Ok(RootCerts::WebPki) };
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem.as_bytes()) {
        match item.map_err(|error| Fault::BadJob(format!("the certificates: {error}")))? {
            PemItem::Certificate(certificate) => found.push(certificate),
            _ => return Err(Fault::BadJob("the certificates hold something else".to_owned())),
        }
    }
    Ok(RootCerts::Specific(Arc::new(found)))
}

/// Asks until there is an answer that is not the server's trouble.
fn patiently(url: &str, tries: Tries, ask: impl Fn() -> Result<Answer, ureq::Error>) -> Result<Answer, Fault> {
    let mut pauses = PAUSES.iter();
    let mut tried = 0;
    loop {
        tried += 1;
        let fault = match ask() {
            Ok(answer) if answer.status().is_success() => return Ok(answer),
            Ok(answer) => refused(url, answer),
            Err(error) => Fault::NoAnswer { url: shown(url), tries: tried, cause: error.to_string() },
        };
        let worth = !matches!(&fault, Fault::Refused { status, .. } if *status < 500 && *status != 429);
        match pauses.next().filter(|_| worth && tries == Tries::Patiently) {
            Some(pause) => wait(*pause),
            None => return Err(fault),
        }
    }
}

fn refused(url: &str, mut answer: Answer) -> Fault {
    let status = answer.status().as_u16();
    let body = answer.body_mut().read_to_string().unwrap_or_default();
    Fault::Refused { url: shown(url), status, body: body.chars().take(300).collect() }
}

#[expect(clippy::disallowed_methods, reason = "nothing tells when a store answers again")]
fn wait(pause: Duration) {
    std::thread::sleep(pause);
}

/// An object as one stream. A line that breaks is taken up where it broke, on the same object only.
pub(crate) struct Object {
    wire: Wire,
    url: String,
    size: u64,
    at: u64,
    tag: Option<String>,
    body: Option<ureq::BodyReader<'static>>,
    broken: usize,
}

impl Object {
    fn open(&mut self) -> Result<(), Fault> {
        let answer = patiently(&self.url, Tries::Patiently, || {
            let mut ask = self.wire.agent.get(&self.url).header("range", format!("bytes={}-", self.at));
            if let Some(tag) = &self.tag {
                ask = ask.header("if-match", tag);
            }
            ask.call()
        })?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let is_part = answer.status().as_u16() == 206;
        if !is_part && self.at > 0 {
            return Err(Fault::OddAnswer { url: shown(&self.url), what: "the range that was asked for" });
        }
        let total = if is_part {
            header("content-range").and_then(|range| range.rsplit_once('/')?.1.parse().ok())
        } else {
            header("content-length").and_then(|length| length.parse().ok())
        };
        if let Some(got) = total.filter(|total| *total != self.size) {
            return Err(Fault::WrongSize { url: shown(&self.url), want: self.size, got });
        }
        self.tag = self.tag.take().or_else(|| header("etag"));
        self.body = Some(answer.into_body().into_reader());
        Ok(())
    }

    /// The line broke, or ended early.
    fn breaks(&mut self, cause: String) -> Result<(), Fault> {
        self.body = None;
        let pause = PAUSES.get(self.broken).copied();
        self.broken += 1;
        match pause {
            Some(pause) => wait(pause),
            None => return Err(Fault::NoAnswer { url: shown(&self.url), tries: self.broken, cause }),
        }
        Ok(())
    }
}

impl Read for Object {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at < self.size && !into.is_empty() {
            if self.body.is_none() {
                self.open()?;
            }
            let Some(body) = &mut self.body else { break };
            match body.read(into) {
                Ok(0) => self.breaks("the answer ended early".to_owned())?,
                Ok(read) => {
                    self.at += read as u64;
                    self.broken = 0;
                    return Ok(read);
                }
                Err(error) => self.breaks(error.to_string())?,
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    #[test]
    fn a_small_object_whose_answer_breaks_off_is_asked_for_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/job.json", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            for body in ["hal", "half a job"] {
                let (mut client, _) = listener.accept().unwrap();
                let _ = client.read(&mut [0; 4096]).unwrap();
                write!(client, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n{body}").unwrap();
            }
        });
        assert_eq!(Wire::new(None).unwrap().get_small(&url, 100).unwrap(), b"half a job");
        server.join().unwrap();
    }
}
