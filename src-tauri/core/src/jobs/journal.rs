//! One file per job, one JSON line per fact, flushed to disk before the act that relies on it. Lines are never rewritten;
//! a torn last line is what a crash leaves, and is cut off when the journal is opened again.

use crate::files;
use crate::jobs::PhaseName;
use crate::jobs::fact::{Entry, Fact};
use crate::jobs::request::{JobRequest, SCHEMA_VERSION};
use crate::jobs::state::JobRecord;
use crate::json;
use crate::moment;
use crate::problem::{Code, Problem};
use chrono::{DateTime, Utc};
use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// More than the longest job writes: a copy in ten thousand parts comes to two of it.
const LIMIT_BYTES: usize = 32 << 20;

/// The journal of one job, open for appending, with what it folds to.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    record: JobRecord,
    /// Bytes of whole lines. What a full disk tore off behind them is cut away before the next fact.
    kept_bytes: u64,
    torn: bool,
}

impl Journal {
    /// Begins a journal with the request as its first line.
    pub(crate) fn create(folder: &Path, request: JobRequest, phases: &[PhaseName]) -> Result<Self, Problem> {
        files::make_folder(folder).map_err(|error| files::problem(folder, "made", &error))?;
        let path = folder.join(format!("{}.jsonl", request.id));
        let file = files::private()
            .create_new(true)
            .write(true)
            .open(&path)
            .map_err(|error| files::problem(&path, "made", &error))?;
        let at = request.created_at;
        let record = JobRecord::new(request.clone(), phases);
        let mut journal = Self { path, file, record, kept_bytes: 0, torn: false };
        journal.append(at, Fact::Requested { request: Box::new(request) })?;
        files::sync_folder(&journal.path);
        Ok(journal)
    }

    /// Opens what is there. None for a file whose very first line was torn: that job never began.
    pub(crate) fn open(
        path: &Path,
        phases: impl FnOnce(&JobRequest) -> Vec<PhaseName>,
    ) -> Result<Option<Self>, Problem> {
        let Some(bytes) = files::read_at_most(path, LIMIT_BYTES)? else { return Ok(None) };
        let Some((record, kept_bytes)) = read(path, &bytes, phases)? else { return Ok(None) };
        // Jobs are known by their id: under the name of one, another must not be read.
        if path.file_stem().is_none_or(|stem| stem != record.request.id.as_str()) {
            return Err(damaged(path).fact("reason", "it is of another job"));
        }
        let mut file =
            OpenOptions::new().write(true).open(path).map_err(|error| files::problem(path, "opened", &error))?;
        cut(&mut file, kept_bytes).map_err(|error| files::problem(path, "mended", &error))?;
        Ok(Some(Self { path: path.to_owned(), file, record, kept_bytes, torn: false }))
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
        self.write(&line, may_be_lost).map_err(|error| files::problem(&self.path, "written", &error))?;
        moment::pass("after", "write the journal");
        self.record.apply(&entry);
        Ok(())
    }

    fn write(&mut self, line: &[u8], may_be_lost: bool) -> io::Result<()> {
        if self.torn {
            cut(&mut self.file, self.kept_bytes)?;
        }
        self.torn = true;
        self.file.write_all(line)?;
        if !may_be_lost {
            self.file.sync_data()?;
        }
        self.torn = false;
        self.kept_bytes += line.len() as u64;
        Ok(())
    }

    pub(crate) fn record(&self) -> &JobRecord {
        &self.record
    }
}

/// Leaves so many bytes of a file, and goes on behind them.
fn cut(file: &mut File, kept_bytes: u64) -> io::Result<()> {
    file.set_len(kept_bytes)?;
    file.seek(SeekFrom::Start(kept_bytes)).map(|_| ())
}

/// What a journal folds to, and how many bytes its whole lines take.
fn read(
    path: &Path,
    bytes: &[u8],
    phases: impl FnOnce(&JobRequest) -> Vec<PhaseName>,
) -> Result<Option<(JobRecord, u64)>, Problem> {
    if bytes.len() > LIMIT_BYTES {
        return Err(damaged(path).fact("reason", "it is longer than any job's"));
    }
    let mut lines = WholeLines { path, rest: bytes, count: 0, kept_bytes: 0 };
    let Some(Entry { fact: Fact::Requested { request }, .. }) = lines.next().transpose()? else { return Ok(None) };
    if request.schema_version > SCHEMA_VERSION {
        return Err(Problem::new(Code::StateDamaged, format!("The job {} is of a newer Rainferry", request.id))
            .hint("Update Rainferry to see it"));
    }
    let phases = phases(&request);
    let mut record = JobRecord::new(*request, &phases);
    for entry in lines.by_ref() {
        record.apply(&entry?);
    }
    Ok(Some((record, lines.kept_bytes)))
}

/// The fold of a journal that is in no file.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn fold(bytes: &[u8]) -> Result<Option<JobRecord>, Problem> {
    Ok(read(Path::new("journal"), bytes, |_| vec![PhaseName::Verify])?.map(|(record, _)| record))
}

fn damaged(path: &Path) -> Problem {
    Problem::new(Code::StateDamaged, format!("The journal {} is damaged", path.display()))
        .hint("Move the file away; the other jobs are not affected")
}

/// The entries of all whole lines, and how many bytes they take.
struct WholeLines<'a> {
    path: &'a Path,
    rest: &'a [u8],
    count: usize,
    kept_bytes: u64,
}

impl Iterator for WholeLines<'_> {
    type Item = Result<Entry, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')? + 1;
        let (line, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        self.count += 1;
        self.kept_bytes += line.len() as u64;
        Some(
            json::from_slice(line).map_err(|error| {
                damaged(self.path).fact("line", self.count.to_string()).fact("reason", error.to_string())
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::JobState;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/journals/migrate.jsonl");
        std::fs::read(path).unwrap()
    });

    fn entries() -> Vec<Entry> {
        WHOLE.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    fn begun() -> JobRecord {
        let Fact::Requested { request } = entries().remove(0).fact else { panic!("the first line is a request") };
        JobRecord::new(*request, &[PhaseName::Verify])
    }

    #[test]
    fn a_journal_cut_anywhere_folds_to_one_of_its_states() {
        let mut record = begun();
        let mut states = vec![record.clone()];
        for entry in entries().iter().skip(1) {
            record.apply(entry);
            states.push(record.clone());
        }
        assert_eq!(record.state, JobState::Done);
        for end in 0..=WHOLE.len() {
            let lines = WHOLE[..end].iter().filter(|byte| **byte == b'\n').count();
            let found = fold(&WHOLE[..end]).unwrap();
            assert_eq!(found.as_ref(), lines.checked_sub(1).map(|at| &states[at]), "cut at {end}");
        }
    }

    #[test]
    fn every_line_is_written_as_it_was_read() {
        for entry in entries() {
            let line = serde_json::to_vec(&entry).unwrap();
            assert_eq!(serde_json::from_slice::<Entry>(&line).unwrap(), entry);
            assert!(!line.contains(&b'\n'));
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_full_disk_tore_off_is_cut_before_the_next_fact() {
        let dir = tempfile::tempdir().unwrap();
        let Fact::Requested { request } = entries().remove(0).fact else { panic!("the first line is a request") };
        let at = request.created_at;
        let mut journal = Journal::create(dir.path(), *request, &[PhaseName::Verify]).unwrap();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut real = std::mem::replace(&mut journal.file, full);
        let before = journal.record().clone();
        let problem = journal.append(at, Fact::RunStarted).unwrap_err();
        assert_eq!(problem.code, Code::DiskFull);
        assert_eq!(journal.record(), &before, "what is not on disk did not happen");
        real.write_all(b"{\"at\":\"2026-").unwrap();
        journal.file = real;
        journal.append(at, Fact::RunStarted).unwrap();
        let path = journal.path.clone();
        let now = journal.record().clone();
        drop(journal);
        let found = Journal::open(&path, |_| vec![PhaseName::Verify]).unwrap().unwrap();
        assert_eq!(found.record(), &now);
        assert_eq!(now.run_count, before.run_count + 1);
    }

    proptest! {
        #[test]
        fn no_order_of_facts_is_too_strange(order in prop::collection::vec(any::<prop::sample::Index>(), 0..200)) {
            let all = entries();
            let mut record = begun();
            for at in order {
                record.apply(at.get(&all));
            }
            let _ = record.ended();
        }
    }

    #[test]
    fn a_journal_under_anothers_name_or_longer_than_any_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let open = |name: &str| Journal::open(&dir.path().join(name), |_| Vec::new());
        let own = format!("{}.jsonl", begun().request.id);
        for name in [own.as_str(), "other.jsonl"] {
            std::fs::write(dir.path().join(name), WHOLE.as_slice()).unwrap();
        }
        assert!(open(&own).unwrap().is_some());
        assert_eq!(open("other.jsonl").err().unwrap().code, Code::StateDamaged);
        // Nothing was cut off of what is left alone.
        assert_eq!(std::fs::read(dir.path().join("other.jsonl")).unwrap(), *WHOLE);
        std::fs::File::create(dir.path().join("long.jsonl")).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(open("long.jsonl").err().unwrap().code, Code::StateDamaged);
    }
}
