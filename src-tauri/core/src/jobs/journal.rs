//! One file per job, one JSON line per fact, flushed to disk before the act that relies on it. Lines are never rewritten;
//! a torn last line is what a crash leaves, and is cut off when the journal is opened again.

use crate::files;
use crate::jobs::PhaseName;
use crate::jobs::fact::{Entry, Fact};
use crate::jobs::request::{JobRequest, SCHEMA_VERSION};
use crate::jobs::state::JobRecord;
use crate::moment;
use crate::problem::{Code, Problem};
use chrono::{DateTime, Utc};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The journal of one job, open for appending, with what it folds to.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    record: JobRecord,
}

impl Journal {
    /// Begins a journal with the request as its first line.
    pub(crate) fn create(folder: &Path, request: JobRequest, phases: &[PhaseName]) -> Result<Self, Problem> {
        files::make_folder(folder).map_err(|error| files::problem(folder, "made", &error))?;
        let path = folder.join(format!("{}.jsonl", request.id));
        let file = files::private()
            .create_new(true)
            .append(true)
            .open(&path)
            .map_err(|error| files::problem(&path, "made", &error))?;
        let at = request.created_at;
        let mut journal = Self { path, file, record: JobRecord::new(request.clone(), phases) };
        journal.append(at, Fact::Requested { request: Box::new(request) })?;
        files::sync_folder(&journal.path);
        Ok(journal)
    }

    /// Opens what is there. None for a file whose very first line was torn: that job never began.
    pub(crate) fn open(
        path: &Path,
        phases: impl FnOnce(&JobRequest) -> Vec<PhaseName>,
    ) -> Result<Option<Self>, Problem> {
        let Some(bytes) = files::read(path)? else { return Ok(None) };
        let (entries, kept_bytes) = whole_lines(path, &bytes)?;
        let Some(Fact::Requested { request }) = entries.first().map(|entry| &entry.fact) else { return Ok(None) };
        if request.schema_version > SCHEMA_VERSION {
            return Err(Problem::new(Code::StateDamaged, format!("The job {} is of a newer Rainferry", request.id))
                .hint("Update Rainferry to see it"));
        }
        let mut record = JobRecord::new(*request.clone(), &phases(request));
        entries.iter().for_each(|entry| record.apply(entry));
        let mut file =
            OpenOptions::new().write(true).open(path).map_err(|error| files::problem(path, "opened", &error))?;
        file.set_len(kept_bytes)
            .and_then(|()| file.seek(SeekFrom::End(0)))
            .map_err(|error| files::problem(path, "mended", &error))?;
        Ok(Some(Self { path: path.to_owned(), file, record }))
    }

    /// On disk first, in memory then.
    pub(crate) fn append(&mut self, at: DateTime<Utc>, fact: Fact) -> Result<(), Problem> {
        let entry = Entry { at, fact };
        let mut line = serde_json::to_vec(&entry).map_err(|error| {
            Problem::new(Code::Internal, "A fact could not be put into words").fact("reason", error.to_string())
        })?;
        line.push(b'\n');
        // A part that arrived is only sent again when nobody remembers it: it need not wait for the disk, and the next fact
        // takes it along.
        let may_be_lost = matches!(entry.fact, Fact::PartDone { .. });
        moment::pass("before", "write the journal");
        self.file
            .write_all(&line)
            .and_then(|()| if may_be_lost { Ok(()) } else { self.file.sync_data() })
            .map_err(|error| files::problem(&self.path, "written", &error))?;
        moment::pass("after", "write the journal");
        self.record.apply(&entry);
        Ok(())
    }

    pub(crate) fn record(&self) -> &JobRecord {
        &self.record
    }
}

/// The entries of all whole lines, and how many bytes they take.
fn whole_lines(path: &Path, bytes: &[u8]) -> Result<(Vec<Entry>, u64), Problem> {
    let mut entries = Vec::new();
    let mut kept_bytes = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !line.ends_with(b"\n") {
            break;
        }
        let entry = serde_json::from_slice(line).map_err(|error| {
            Problem::new(Code::StateDamaged, format!("The journal {} is damaged", path.display()))
                .hint("Move the file away; the other jobs are not affected")
                .fact("line", (entries.len() + 1).to_string())
                .fact("reason", error.to_string())
        })?;
        entries.push(entry);
        kept_bytes += line.len() as u64;
    }
    Ok((entries, kept_bytes))
}
