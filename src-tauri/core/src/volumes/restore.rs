//! The job that fills the volumes of one component.

use super::error::VolumeError;
use super::plan::{Filling, Piece};
use super::site::{Keys, Site, Written};
use rainferry_helper::{Job, Pod, RestoreItem, VERSION, Work};
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
pub(crate) struct RestorePlan {
    /// Names markers and objects; ours, fresh for every job.
    pub job: String,
    /// The component's old id.
    pub component: String,
    pub fillings: Vec<Filling>,
    /// Unpack over what is there; else a volume with content is refused.
    pub overwrite: bool,
}

/// The job as its pods will read it: the same each time, so that a package can name it before and after a crash.
pub(crate) fn write_restore(site: &Site, plan: &RestorePlan) -> Result<Written, VolumeError> {
    let keys = Keys::new(&plan.job, &plan.component)?;
    let mut pods = Vec::new();
    let mut statuses = Vec::new();
    for ordinal in ordinals(&plan.fillings) {
        let key = keys.status(ordinal);
        let status_url = site.signer.put(&key)?.reveal().to_owned();
        pods.push(Pod { ordinal, status_url, items: items(site, plan, ordinal)? });
        statuses.push((ordinal, key));
    }
    let (version, ca_pem) = (VERSION, site.ca_pem.clone());
    let job = Job { version, job: plan.job.clone(), ca_pem, work: Work::Restore { pods } };
    site.write(&keys, &job, statuses)
}

/// Replicas with data of their own, or one entry for all.
fn ordinals(fillings: &[Filling]) -> Vec<Option<u32>> {
    let pieces = fillings.iter().flat_map(|filling| &filling.pieces);
    let own: BTreeSet<u32> = pieces.filter_map(|piece| piece.ordinal).collect();
    if own.is_empty() { vec![None] } else { own.into_iter().map(Some).collect() }
}

fn items(site: &Site, plan: &RestorePlan, ordinal: Option<u32>) -> Result<Vec<RestoreItem>, VolumeError> {
    let mut items = Vec::new();
    for filling in &plan.fillings {
        let is_mine = |piece: &&Piece| piece.ordinal.is_none() || piece.ordinal == ordinal;
        for piece in filling.pieces.iter().filter(is_mine) {
            items.push(RestoreItem {
                mount_path: filling.mount_path.clone(),
                url: site.signer.get(&piece.archive.key)?.reveal().to_owned(),
                sha256: piece.archive.sha256.clone(),
                bytes: piece.archive.bytes,
                format: piece.archive.format,
                strip: piece.strip.clone(),
                overwrite: plan.overwrite,
            });
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::super::plan::Archive;
    use super::*;
    use rainferry_helper::Format;

    #[test]
    fn replicas_with_data_of_their_own_get_a_part_each() {
        let archive = Archive { key: "k".to_owned(), bytes: 1, sha256: String::new(), format: Format::Zip };
        let filling = |ordinals: &[Option<u32>]| Filling {
            volume: "v".to_owned(),
            mount_path: "/v".to_owned(),
            pieces: ordinals
                .iter()
                .map(|ordinal| Piece { ordinal: *ordinal, archive: archive.clone(), strip: String::new() })
                .collect(),
        };
        assert_eq!(ordinals(&[filling(&[Some(1), Some(0)]), filling(&[None])]), [Some(0), Some(1)]);
        assert_eq!(ordinals(&[filling(&[None])]), [None]);
    }
}
