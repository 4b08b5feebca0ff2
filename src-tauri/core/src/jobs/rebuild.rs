//! How far the making of an app anew got, by its facts.

use crate::jobs::fact::{Fact, InstalledComponent, TemplateRef};
use crate::jobs::images::ImageProgress;
use std::collections::{BTreeMap, BTreeSet};

/// How far a rebuild got.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RebuildRecord {
    pub import_asking: bool,
    /// The record's event and upload address.
    pub import: Option<(String, String)>,
    pub package: Option<PackageMade>,
    pub sent: bool,
    pub started: bool,
    pub failed: bool,
    pub template_there: bool,
    pub install_asking: bool,
    pub installed: Option<Vec<InstalledComponent>>,
    pub adjusted: BTreeSet<String>,
    /// Wishes that could not be fulfilled, and why.
    pub refused: BTreeMap<String, String>,
    pub cleared: bool,
    /// Images on their way into the cluster's registry, by the name of their archive.
    pub images: BTreeMap<String, ImageProgress>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PackageMade {
    pub file: String,
    pub size_bytes: u64,
    pub template: TemplateRef,
}

impl RebuildRecord {
    pub(super) fn apply(&mut self, fact: &Fact) {
        match fact {
            Fact::ImportAsking => self.import_asking = true,
            Fact::ImportOpened { event, upload_url } => self.import = Some((event.clone(), upload_url.clone())),
            Fact::PackageMade { file, size_bytes, template } => {
                self.package =
                    Some(PackageMade { file: file.clone(), size_bytes: *size_bytes, template: template.clone() });
            }
            Fact::PackageSent => self.sent = true,
            Fact::ImportStarted => {
                self.started = true;
                self.failed = false;
            }
            // A record that failed takes no second start: the next try makes another.
            Fact::ImportFailed => {
                self.forget_import();
                self.failed = true;
            }
            Fact::TemplateThere => self.template_there = true,
            Fact::InstallAsking => self.install_asking = true,
            Fact::Installed { components } => self.installed = Some(components.clone()),
            Fact::ComponentMade { component } => self.installed.get_or_insert_default().push(component.clone()),
            Fact::Adjusted { id } => {
                self.adjusted.insert(id.clone());
                self.refused.remove(id);
            }
            Fact::NotAdjusted { id, reason } => drop(self.refused.insert(id.clone(), reason.clone())),
            Fact::ImportCleared => self.cleared = true,
            Fact::ImageOpened { file, event, upload_url } => {
                let (event, upload_url) = (event.clone(), upload_url.clone());
                self.images.insert(file.clone(), ImageProgress { event, upload_url, ..ImageProgress::default() });
            }
            Fact::ImageFailed { file } => drop(self.images.remove(file)),
            Fact::ChunkSent { file, .. }
            | Fact::ImageSent { file }
            | Fact::ImageLoading { file, .. }
            | Fact::BlobAsking { file, .. }
            | Fact::BlobUnasked { file }
            | Fact::BlobUploading { file, .. }
            | Fact::BlobThere { file, .. }
            | Fact::BlobLost { file, .. }
            | Fact::ImagePushing { file, .. }
            | Fact::ImageThere { file, .. } => self.images.entry(file.clone()).or_default().apply(fact),
            _ => {}
        }
    }

    pub(super) fn forget_import(&mut self) {
        self.import_asking = false;
        self.import = None;
        self.package = None;
        self.sent = false;
        self.started = false;
    }

    pub(super) fn forget_app(&mut self) {
        self.install_asking = false;
        self.installed = None;
        self.adjusted.clear();
        self.refused.clear();
    }
}
