//! How far the way through the platform's template export got: what there is at the source because of it.

use crate::jobs::fact::Fact;
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
    /// Nothing of it is at the source any more.
    pub(super) fn forget_source(&mut self) {
        let here = (self.fetched.take(), self.folder.take());
        *self = Self { fetched: here.0, folder: here.1, ..Self::default() };
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
