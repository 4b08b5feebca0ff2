//! A job as it is written and a status as it is answered.
//!
//! The variable [`JOB_ENV`] holds either a job as JSON, or where one lies: `<presigned URL>#<SHA-256 of the JSON>`. The
//! second is the usual one: consoles up to 5.6 keep a plugin's settings in 512 characters, of which one URL takes some
//! 350 (rainbond-console 5.6 `www/models/plugin.py`, `ServicePluginConfigVar.attrs`; made longtext by the upgrade
//! script 5.6.0 - 5.7.0), and members of a team can read them, so that the URLs that write stay out of sight.

use serde::{Deserialize, Serialize};

/// The variable that a pod's helper reads.
pub const JOB_ENV: &str = "RBM_JOB";

/// Of job and status alike.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    pub version: u32,
    /// Names the markers: letters, digits and dashes.
    pub job: String,
    /// Certificates to trust instead of the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
    #[serde(flatten)]
    pub work: Work,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Restore,
    Backup,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
pub enum Work {
    Restore { pods: Vec<Pod<RestoreItem>> },
    Backup { pods: Vec<Pod<BackupItem>> },
}

impl Work {
    pub fn action(&self) -> Action {
        match self {
            Self::Restore { .. } => Action::Restore,
            Self::Backup { .. } => Action::Backup,
        }
    }
}

/// What one replica is to do. A stateful set names its pods `…-0`, `…-1`, and each has volumes of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pod<Item> {
    /// `None`: every pod of the component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<u32>,
    /// Presigned PUT.
    pub status_url: String,
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    #[serde(rename = "zip")]
    Zip,
    #[serde(rename = "tar.zst")]
    TarZst,
}

/// One volume to be filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreItem {
    pub mount_path: String,
    /// Presigned GET; ranges of it are asked for.
    pub url: String,
    /// Of the whole object.
    pub sha256: String,
    /// Size of the object.
    pub bytes: u64,
    pub format: Format,
    /// What names in the archive begin with, `a/b/`; others are left out.
    #[serde(default)]
    pub strip: String,
    /// Unpack over what is there.
    #[serde(default)]
    pub overwrite: bool,
}

/// One volume to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupItem {
    pub mount_path: String,
    /// Presigned PUT of the object, for an archive that fits into one part.
    pub put_url: String,
    pub part_bytes: u64,
    /// Presigned PUTs of the parts of one upload, the first first. Whoever made them completes the upload.
    pub part_urls: Vec<String>,
}

/// The file that says, in a volume, that a job is done with it.
pub fn marker_name(job: &str) -> String {
    format!(".rbm-{job}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Running,
    Done,
    Failed,
}

/// What the helper says of a pod's job; the last one written stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub version: u32,
    pub job: String,
    pub state: State,
    /// Of objects when restoring, of files when backing up.
    pub bytes: u64,
    pub total: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    pub items: Vec<ItemStatus>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemState {
    #[default]
    Waiting,
    Running,
    Done,
    /// There was nothing to read: `note` says why.
    Skipped,
    Failed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemStatus {
    pub mount_path: String,
    pub state: ItemState,
    pub files: u64,
    /// Of the object.
    pub bytes: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Tags of the parts that were sent, in order; empty where the object was sent whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub etags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The first of what was left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    pub skipped_count: u64,
}

/// A file that an archive cannot hold, or a place that is not the volume's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    pub path: String,
    pub why: String,
}

impl ItemStatus {
    /// Those of which the path is told; the rest is counted.
    const NAMED: usize = 50;

    pub fn of(mount_path: &str) -> Self {
        Self { mount_path: mount_path.to_owned(), ..Self::default() }
    }

    pub fn skip(&mut self, path: impl Into<String>, why: &str) {
        self.skipped_count += 1;
        if self.skipped.len() < Self::NAMED {
            self.skipped.push(Skipped { path: path.into(), why: why.to_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_is_written_as_its_readers_expect_it() {
        let item = RestoreItem {
            mount_path: "/data".to_owned(),
            url: "http://s3/x?y=z".to_owned(),
            sha256: "00".to_owned(),
            bytes: 3,
            format: Format::TarZst,
            strip: "data/".to_owned(),
            overwrite: false,
        };
        let pods = vec![Pod { ordinal: Some(1), status_url: "http://s3/s".to_owned(), items: vec![item] }];
        let job = Job { version: VERSION, job: "j1".to_owned(), ca_pem: None, work: Work::Restore { pods } };
        let text = serde_json::to_string(&job).unwrap();
        let expected = concat!(
            r#"{"version":1,"job":"j1","action":"restore","pods":[{"ordinal":1,"status_url":"http://s3/s","items":["#,
            r#"{"mount_path":"/data","url":"http://s3/x?y=z","sha256":"00","bytes":3,"format":"tar.zst","#,
            r#""strip":"data/","overwrite":false}]}]}"#
        );
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job);
    }

    #[test]
    fn only_the_first_of_what_was_left_out_is_named() {
        let mut status = ItemStatus::of("/data");
        (0..80).for_each(|n| status.skip(format!("s{n}"), "a socket"));
        assert_eq!((status.skipped.len(), status.skipped_count), (50, 80));
    }
}
