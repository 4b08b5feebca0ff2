//! The little XML that S3 answers with: flat elements, five entities. No parser, since nothing nested is looked at twice.

/// The text of the first `<tag>` element.
pub(crate) fn text(xml: &str, tag: &str) -> Option<String> {
    inner(xml, tag).map(|(raw, _)| unescape(raw))
}

/// The insides of every `<tag>` element, in order.
pub(crate) fn elements<'a>(xml: &'a str, tag: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (raw, after) = inner(rest, tag)?;
        rest = after;
        Some(raw)
    })
}

fn inner<'a>(xml: &'a str, tag: &str) -> Option<(&'a str, &'a str)> {
    let (_, after) = xml.split_once(&format!("<{tag}>"))?;
    after.split_once(&format!("</{tag}>"))
}

fn unescape(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let mut out = raw.to_owned();
    for (entity, plain) in
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'")]
    {
        out = out.replace(entity, plain);
    }
    out.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_in_order_and_unescaped() {
        let xml = "<R><C><K>a&amp;b</K></C><C><K>&#34;x&quot;</K></C></R>";
        let keys: Vec<_> = elements(xml, "C").filter_map(|c| text(c, "K")).collect();
        assert_eq!(keys, ["a&b", "\"x\""]);
        assert_eq!(text(xml, "Missing"), None);
    }
}
