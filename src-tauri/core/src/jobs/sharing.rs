//! How far the way through the platform's template export got: what there is at the source because of it.

use crate::jobs::fact::{Fact, Leftover};
use crate::jobs::request::LiveApp;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SharingRecord {
    /// Whose app, and the name of the template that is made for it.
    pub asking: Option<(LiveApp, String)>,
    pub template: Option<String>,
    /// The newest share of the app before ours was asked for.
    pub share_asking: Option<i64>,
    pub share: Option<i64>,
    pub published: bool,
    pub export_asking: bool,
    /// What the console calls the export, where its answer was heard.
    pub export: Option<String>,
    /// Where the file is.
    pub url: Option<String>,
    /// The file is here.
    pub fetched: Option<String>,
    /// The folder that it and what is made of it lie in.
    pub folder: Option<String>,
    /// Both sides are as they were, but for what is named.
    pub tidied: bool,
}

impl SharingRecord {
    /// One thing at the source is gone; with the last of them all that was known of it.
    pub(super) fn forget(&mut self, thing: &Leftover) {
        match thing {
            Leftover::Export { .. } => (self.export, self.url) = (None, None),
            Leftover::Share { .. } => self.share = None,
            Leftover::SharedTemplate { .. } => self.template = None,
            _ => {}
        }
        if self.export.is_none() && self.share.is_none() && self.template.is_none() {
            let here = (self.fetched.take(), self.folder.take());
            *self = Self { fetched: here.0, folder: here.1, ..Self::default() };
        }
    }

    /// Without its bundle a job cannot go on as what it had become.
    pub(super) fn forget_here(&mut self) {
        (self.fetched, self.folder) = (None, None);
    }

    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::TemplateAsking { at, name } => self.asking = Some((at.clone(), name.clone())),
            Fact::TemplateMade { template } => self.template = Some(template.clone()),
            Fact::ShareAsking { newest } => self.share_asking = Some(*newest),
            Fact::ShareOpened { share } => self.share = Some(*share),
            Fact::SharePublished => self.published = true,
            Fact::ExportAsking => self.export_asking = true,
            Fact::ExportStarted { event } => self.export = Some(event.clone()),
            Fact::Exported { url } => self.url = Some(url.clone()),
            Fact::ExportFetching { folder } => self.folder = Some(folder.clone()),
            Fact::ExportFetched { path } => self.fetched = Some(path.clone()),
            // What came was no package: it is fetched again.
            Fact::ExportUnusable => self.fetched = None,
            Fact::SharingTidied => self.tidied = true,
            _ => {}
        }
    }
}
