//! Rules of a bucket that delete objects by their age (S3 `?lifecycle`). Pure: reads the answer, asks nobody.
//!
//! Rules that look at tags never meet what the platform or this program writes, which bears none.

use super::xml;

/// An enabled rule that ends objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpiryRule {
    /// As its owner named it; a rule may have no name.
    pub id: String,
    /// Empty: every key.
    pub prefix: String,
    pub at: Expiry,
    /// Only objects larger than this, and smaller than that.
    pub sizes: (Option<u64>, Option<u64>),
}

/// When an object ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expiry {
    /// So many days after it was written.
    Days(u64),
    /// On a day, as the rule spells it.
    Date(String),
}

impl ExpiryRule {
    /// Whether it will delete an object of this key; where its size is not known, any may be meant.
    pub(crate) fn covers(&self, key: &str, size: Option<u64>) -> bool {
        let (above, below) = self.sizes;
        let fits = |size| above.is_none_or(|above| size > above) && below.is_none_or(|below| size < below);
        key.starts_with(&self.prefix) && size.is_none_or(fits)
    }
}

/// The enabled ones of a bucket's rules that delete objects. What ends old versions, uploads or delete markers does not.
pub(super) fn expiry_rules(body: &str) -> Vec<ExpiryRule> {
    xml::elements(body, "Rule").filter_map(expiry_rule).collect()
}

fn expiry_rule(rule: &str) -> Option<ExpiryRule> {
    if xml::text(rule, "Status").as_deref() != Some("Enabled") || xml::elements(rule, "Tag").next().is_some() {
        return None;
    }
    let ends = xml::elements(rule, "Expiration").next()?;
    let days = xml::text(ends, "Days").and_then(|days| days.trim().parse().ok()).map(Expiry::Days);
    let at = days.or_else(|| xml::text(ends, "Date").map(Expiry::Date))?;
    let size = |tag| xml::text(rule, tag).and_then(|size| size.trim().parse().ok());
    Some(ExpiryRule {
        id: xml::text(rule, "ID").unwrap_or_default(),
        // In a filter, in its `And`, or, of old, beside the status.
        prefix: xml::text(rule, "Prefix").unwrap_or_default(),
        at,
        sizes: (size("ObjectSizeGreaterThan"), size("ObjectSizeLessThan")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(inside: &str) -> Option<ExpiryRule> {
        let body = format!("<LifecycleConfiguration><Rule><ID>r</ID>{inside}</Rule></LifecycleConfiguration>");
        expiry_rules(&body).into_iter().next()
    }

    fn covers(inside: &str, key: &str) -> bool {
        one(inside).is_some_and(|rule| rule.covers(key, Some(100)))
    }

    const ON: &str = "<Status>Enabled</Status><Expiration><Days>30</Days></Expiration>";

    #[test]
    fn a_rule_covers_what_its_prefix_and_sizes_say() {
        for (inside, covered) in [
            ("", true),
            ("<Prefix/>", true),
            ("<Prefix></Prefix>", true),
            ("<Filter/>", true),
            ("<Filter><Prefix>backup/</Prefix></Filter>", true),
            ("<Prefix>backup/</Prefix>", true),
            ("<Filter><Prefix>logs/</Prefix></Filter>", false),
            ("<Filter><Prefix>backup/a&amp;b/</Prefix></Filter>", false),
            ("<Filter><And><Prefix>backup/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>", false),
            ("<Filter><ObjectSizeGreaterThan>99</ObjectSizeGreaterThan></Filter>", true),
            ("<Filter><ObjectSizeGreaterThan>100</ObjectSizeGreaterThan></Filter>", false),
            ("<Filter><ObjectSizeLessThan>100</ObjectSizeLessThan></Filter>", false),
        ] {
            assert_eq!(covers(&format!("{inside}{ON}"), "backup/x.zip"), covered, "{inside}");
        }
        assert!(
            one(&format!("<Filter><ObjectSizeLessThan>9</ObjectSizeLessThan></Filter>{ON}")).unwrap().covers("k", None)
        );
    }

    #[test]
    fn only_enabled_rules_that_delete_current_objects_count() {
        assert_eq!(one(ON).unwrap().at, Expiry::Days(30));
        let dated = "<Status>Enabled</Status><Expiration><Date>2027-01-01T00:00:00Z</Date></Expiration>";
        assert_eq!(one(dated).unwrap().at, Expiry::Date("2027-01-01T00:00:00Z".to_owned()));
        for no in [
            "<Status>Disabled</Status><Expiration><Days>1</Days></Expiration>",
            "<Status>Enabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>",
            "<Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration>",
            "<Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        ] {
            assert_eq!(one(no), None, "{no}");
        }
    }
}
