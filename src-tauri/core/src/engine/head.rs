//! A file of this computer as far as its head tells: a bundle or not, its ticket, its app.

use crate::bak;
use crate::bundle::{self, Keys, Opened};
use crate::package::{AppModel, LISTING_FILE, read_listing};
use crate::problem::{Code, Problem};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// The first bytes of any zstd frame (RFC 8878 §3.1.1), and of any age file.
const MAGICS: [[u8; 4]; 2] = [[0x28, 0xB5, 0x2F, 0xFD], *b"age-"];

/// A bundle whose first entries were read.
pub(crate) struct Head {
    pub opened: Opened,
}

/// Whether a file is compressed or encrypted as bundles are; a ticket is other text.
pub(crate) fn is_bundle(path: &Path) -> Result<bool, Problem> {
    let mut first = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(4).read_to_end(&mut first));
    match read {
        Ok(_) => Ok(MAGICS.iter().any(|magic| first == magic)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::new(Code::NotFound, format!("{} is not there", path.display())))
        }
        Err(error) => Err(crate::files::problem(path, "read", &error)),
    }
}

impl Head {
    pub(crate) async fn open(keys: &Arc<Keys>, path: &Path) -> Result<Self, Problem> {
        Ok(Self { opened: bundle::open(keys, path).await? })
    }

    pub(crate) fn ticket(&self) -> Result<bak::TicketRecord, Problem> {
        let text = self.opened.ticket.as_ref().or(self.opened.old_ticket.as_ref());
        let text = text.ok_or_else(|| {
            Problem::new(Code::BundleDamaged, "The bundle holds no ticket").hint("Export the backup again")
        })?;
        Ok(bak::decode(text)?.record)
    }

    pub(crate) fn package_bytes(&self) -> u64 {
        self.opened.package.size
    }

    /// The app, judged from the metadata files and the package's directory that lie beside the package.
    pub(crate) fn model(&self) -> Result<AppModel, Problem> {
        let file = |name: &'static str| {
            self.opened.metadata.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_slice())
        };
        let must = |name: &'static str| {
            file(name).ok_or_else(|| {
                Problem::new(Code::BundleDamaged, format!("The bundle holds no {name}")).hint("Export the backup again")
            })
        };
        let entries = file(LISTING_FILE).map(read_listing).transpose()?.unwrap_or_default();
        Ok(AppModel::from_files(must("region_apps_metadata.json")?, must("console_apps_metadata.json")?, &entries)?)
    }

    /// Whether the package's directory lies beside it; without it nobody can tell what data is inside.
    pub(crate) fn knows_directory(&self) -> bool {
        self.opened.metadata.iter().any(|(name, _)| name == LISTING_FILE)
    }
}
