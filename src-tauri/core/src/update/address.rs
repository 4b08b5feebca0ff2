//! Which addresses may be asked for an update: https, and this computer itself.

use crate::problem::{Code, Problem};
use url::{Host, Url};

/// The address, unless it may not be asked. The signature proves a package either way; https keeps others from reading along,
/// and from holding a manifest back.
pub(crate) fn may_be_asked(address: &str) -> Result<Url, Problem> {
    let url = Url::parse(address).map_err(|error| {
        Problem::new(Code::BadAddress, format!("“{address}” is no address"))
            .hint("Write it like https://example.com/rainferry/latest.json")
            .fact("reason", error.to_string())
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Problem::new(Code::BadAddress, "The address for updates holds a login")
            .hint("Settings are no place for passwords: use an address that needs none"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here(&url) => Ok(url),
        _ => Err(Problem::new(Code::BadAddress, format!("{url} is not asked for updates: it is not https"))
            .hint("Use an https address; plain http is for this computer alone")),
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
