//! A disk that is full after so many bytes, that can only be read, or whose folder is gone: real ones, in memory, seen by this
//! program alone. A job says what happened and what to do, leaves nothing half written under a final name, and goes on when
//! there is room.

use crate::Unharmed;
use crate::picture;
use crate::scenario::{Ground, Scenario};
use crate::world::{Client, TestHost, eventually};
use rainferry_core::api::JobState;
use rainferry_core::{Code, Problem};
use rainferry_sandbox::{Fault, Hits, Trouble};
use std::collections::HashSet;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Set where this program already has mounts of its own.
const INSIDE: &str = "RAINFERRY_OWN_MOUNTS";
/// Pages that are left on the disk of the data folder.
const PAGES_LEFT: [u64; 8] = [0, 1, 2, 3, 5, 8, 16, 32];
const PAGE_KIB: u64 = 4;
/// Hundredths of what is needed that are left on the disk of the library.
const HUNDREDTHS_LEFT: [u64; 6] = [0, 20, 50, 80, 95, 99];
const ROOMY: &str = "size=512m";

#[derive(Clone, Copy, Debug)]
enum Harm {
    DataFull {
        pages_left: u64,
    },
    DataReadOnly,
    LibraryFull {
        hundredths_left: u64,
    },
    /// Something else fills the disk while the job writes.
    LibraryEaten,
    LibraryReadOnly,
    LibraryGone,
    NameTaken,
}

pub(crate) struct Case {
    scenario: Scenario,
    unharmed: Arc<Unharmed>,
    harm: Harm,
}

/// Goes on as a program with mounts of its own, where the system allows that.
pub(crate) fn step_inside() -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let may = Command::new("unshare").args(["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    if !may.is_ok_and(|done| done.status.success()) {
        println!("disk: this system allows no mounts of our own; these cases are left out");
        return false;
    }
    let mut again = Command::new("unshare");
    again.arg("--mount").arg(std::env::current_exe().unwrap()).args(std::env::args_os().skip(1)).env(INSIDE, "1");
    panic!("{}", again.exec());
}

pub(crate) fn cases(ground: &[(Scenario, Arc<Unharmed>)]) -> Vec<Case> {
    let mut cases = Vec::new();
    for (scenario, unharmed) in ground {
        let mut harms: Vec<Harm> = PAGES_LEFT.map(|pages_left| Harm::DataFull { pages_left }).into();
        harms.push(Harm::DataReadOnly);
        if *scenario == Scenario::ExportInParts {
            harms.extend(HUNDREDTHS_LEFT.map(|hundredths_left| Harm::LibraryFull { hundredths_left }));
            harms.extend([Harm::LibraryEaten, Harm::LibraryReadOnly, Harm::LibraryGone, Harm::NameTaken]);
        }
        cases.extend(harms.into_iter().map(|harm| Case { scenario: *scenario, unharmed: unharmed.clone(), harm }));
    }
    cases
}

impl Case {
    pub(crate) fn words(&self) -> String {
        format!("{:?}: {:?}", self.scenario, self.harm)
    }

    /// What is wrong with how it ended.
    pub(crate) async fn run(&self) -> Vec<String> {
        let ground = Ground::prepared(self.scenario).await;
        let (home, library) = (ground.world.home(), ground.world.library());
        std::fs::create_dir_all(&library).unwrap();
        let before = whole_files(&library);
        let place = Disk::under(if self.is_of_data() { &home } else { &library });
        self.harm(&place, &library);
        if matches!(self.harm, Harm::LibraryEaten) {
            let late = Trouble::Late { millis: 3000 };
            ground.servers()[0].set(Fault::store("GetObject", "**", Hits::From(4), late));
        }

        let mut wrong = Vec::new();
        let host = TestHost::in_haste(&home, &library, ground.secrets.clone());
        let client = match Client::open(host).await {
            Ok(client) => client,
            Err(problem) => {
                wrong.extend(self.poor(&problem));
                place.heal();
                ground.client().await
            }
        };
        if matches!(self.harm, Harm::LibraryEaten) {
            eventually("some of the bundle on the disk", || place.used_kib() > self.unharmed.library_kib / 8).await;
            place.leave_kib(0);
        }
        let mut job = client.end(ground.job()).await;
        if job.state == JobState::Done && self.must_be_felt() {
            wrong.push("it did not notice".to_owned());
        }
        if job.state != JobState::Done {
            match &job.problem {
                Some(problem) => wrong.extend(self.poor(problem)),
                None => wrong.push("it failed without a word".to_owned()),
            }
            let half: Vec<_> = whole_files(&library).difference(&before).cloned().collect();
            if !half.is_empty() && !matches!(self.harm, Harm::NameTaken) {
                wrong.push(format!("half written under a final name: {half:?}"));
            }
            place.heal();
            self.give_back(&library);
            if job.can_retry {
                client.core.retry_job(job.id.clone()).await.unwrap();
                job = client.end(ground.job()).await;
            }
        }
        place.heal();
        client.core.close().await;
        wrong.extend(ground.wrong_with(&job));
        picture::differences(&self.unharmed.picture, &ground.picture().await, "", &mut wrong);
        wrong
    }

    fn is_of_data(&self) -> bool {
        matches!(self.harm, Harm::DataFull { .. } | Harm::DataReadOnly)
    }

    /// A journal may have room after all, and what cannot be opened at all is told before the job.
    fn must_be_felt(&self) -> bool {
        !self.is_of_data()
    }

    fn harm(&self, disk: &Disk, library: &Path) {
        match self.harm {
            Harm::DataFull { pages_left } => disk.leave_kib(pages_left * PAGE_KIB),
            Harm::LibraryFull { hundredths_left } => disk.leave_kib(self.unharmed.library_kib * hundredths_left / 100),
            Harm::DataReadOnly | Harm::LibraryReadOnly => disk.remount("ro"),
            Harm::LibraryEaten => {}
            Harm::LibraryGone => {
                disk.leave();
                std::fs::remove_dir_all(library).unwrap();
                std::fs::write(library, "a file has the folder's name").unwrap();
            }
            Harm::NameTaken => self.bundle_names(library).iter().for_each(|name| std::fs::create_dir(name).unwrap()),
        }
    }

    fn give_back(&self, library: &Path) {
        match self.harm {
            Harm::LibraryGone => {
                std::fs::remove_file(library).unwrap();
                std::fs::create_dir(library).unwrap();
            }
            Harm::NameTaken => self.bundle_names(library).iter().for_each(|name| std::fs::remove_dir(name).unwrap()),
            _ => {}
        }
    }

    /// What the job writes when nothing happens to it.
    fn bundle_names(&self, library: &Path) -> Vec<PathBuf> {
        let names = self.unharmed.picture["library"].as_array().unwrap();
        names.iter().map(|name| library.join(name.as_str().unwrap())).collect()
    }

    /// Says what happened and what to do, under a code that tells it apart.
    fn poor(&self, problem: &Problem) -> Vec<String> {
        let codes: &[Code] = match self.harm {
            Harm::DataFull { .. } | Harm::LibraryFull { .. } | Harm::LibraryEaten => &[Code::DiskFull],
            Harm::NameTaken => &[Code::FileExists],
            _ => &[Code::FileFailed, Code::NotFound],
        };
        let mut poor = Vec::new();
        if !codes.contains(&problem.code) {
            poor.push(format!("it says {:?}: {problem:?}", problem.code));
        }
        if problem.hint.as_ref().is_none_or(String::is_empty) {
            poor.push(format!("it does not say what to do: {}", problem.message));
        }
        poor
    }
}

/// Names of files that are not said to be unfinished.
fn whole_files(folder: &Path) -> HashSet<PathBuf> {
    let Ok(listing) = std::fs::read_dir(folder) else { return HashSet::new() };
    let paths = listing.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_none_or(|extension| extension != "part")).collect()
}

/// A disk in memory in the place of a folder, with what lay there.
struct Disk {
    path: PathBuf,
}

impl Disk {
    fn under(path: &Path) -> Self {
        let kept = path.with_extension("kept");
        run("mv", &[path.as_os_str(), kept.as_os_str()]);
        std::fs::create_dir(path).unwrap();
        run("mount", &["-t".as_ref(), "tmpfs".as_ref(), "-o".as_ref(), ROOMY.as_ref(), "none".as_ref(), path.as_ref()]);
        run("cp", &["-a".as_ref(), kept.join(".").as_os_str(), path.as_os_str()]);
        Self { path: path.to_owned() }
    }

    fn remount(&self, option: &str) {
        assert!(self.may_remount(option), "mount -o remount,{option} {}", self.path.display());
    }

    fn may_remount(&self, option: &str) -> bool {
        let mut mount = Command::new("mount");
        mount.arg("-o").arg(format!("remount,{option}")).arg(&self.path).stderr(Stdio::null());
        mount.status().unwrap().success()
    }

    /// So much and no more can be written from here on.
    fn leave_kib(&self, kib: u64) {
        // No limit at all is what a size of nothing means. What is written meanwhile would make it too small.
        let mut tries = 0;
        while !self.may_remount(&format!("size={}k", (self.used_kib() + kib).max(PAGE_KIB))) {
            tries += 1;
            assert!(tries < 100, "the disk cannot be made small");
        }
    }

    fn used_kib(&self) -> u64 {
        let used = run("df", &["--block-size=1K".as_ref(), "--output=used".as_ref(), self.path.as_os_str()]);
        used.lines().last().unwrap().trim().parse().unwrap()
    }

    fn heal(&self) {
        if self.is_mounted() {
            self.remount("rw");
            self.remount(ROOMY);
        }
    }

    fn leave(&self) {
        run("umount", &["--lazy".as_ref(), self.path.as_os_str()]);
    }

    fn is_mounted(&self) -> bool {
        let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
        mounts.lines().any(|line| line.split(' ').nth(1).is_some_and(|at| Path::new(at) == self.path))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted() {
            let _ = Command::new("umount").arg("--lazy").arg(&self.path).status();
        }
    }
}

fn run(program: &str, words: &[&std::ffi::OsStr]) -> String {
    let done = Command::new(program).args(words).output().unwrap();
    assert!(done.status.success(), "{program} {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}
