//! The journal as the transfer's memory: each part that arrived is a fact of the job.

use crate::clock::Clock;
use crate::engine::job::Job;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::jobs::state::UploadRecord;
use crate::problem::Code;
use crate::storage::{Crc64, Etag, UploadId};
use crate::transfer::{Ledger, PartDone, Parts, Recorded, Started};
use std::io;
use std::sync::Arc;

/// Keeps the facts of one transfer of a job.
pub(crate) struct JournalLedger {
    pub job: Arc<Job>,
    pub clock: Arc<dyn Clock>,
    /// Where it goes; none for a file.
    pub object: Option<UploadTarget>,
}

impl JournalLedger {
    fn note(&self, fact: Fact) -> io::Result<()> {
        self.job.note(self.clock.now(), fact).map_err(|problem| {
            let kind = if problem.code == Code::DiskFull { io::ErrorKind::StorageFull } else { io::ErrorKind::Other };
            io::Error::new(kind, problem)
        })
    }
}

impl Ledger for JournalLedger {
    fn started(&self, started: &Started) -> io::Result<()> {
        self.note(Fact::TransferStarted {
            object: self.object.clone(),
            upload_id: started.upload.as_ref().map(|upload| upload.0.clone()),
            size_bytes: started.parts.size,
            part_bytes: started.parts.part_size,
            source_etag: started.source_etag.as_ref().map(|etag| etag.as_sent().to_owned()),
        })
    }

    fn part_done(&self, part: &PartDone) -> io::Result<()> {
        self.note(Fact::PartDone {
            index: part.index,
            tag: part.tag.as_sent().to_owned(),
            checked: part.checked,
            crc64: part.crc.map(Crc64::number),
        })
    }

    fn ended(&self) -> io::Result<()> {
        self.note(Fact::TransferEnded)
    }

    fn recorded(&self) -> Option<Recorded> {
        let upload = self.job.record().upload?;
        (upload.object == self.object).then(|| recorded(upload))
    }
}

fn recorded(upload: UploadRecord) -> Recorded {
    let parts = upload.parts.into_iter().map(|(index, part)| {
        let crc = part.crc64.map(Crc64::from_number);
        (index, PartDone { index, tag: Etag::new(part.tag), checked: part.checked, crc })
    });
    Recorded {
        parts: parts.collect(),
        started: Started {
            upload: upload.upload_id.map(UploadId),
            parts: Parts::new(upload.size_bytes, upload.part_bytes),
            source_etag: upload.source_etag.map(Etag::new),
        },
    }
}
