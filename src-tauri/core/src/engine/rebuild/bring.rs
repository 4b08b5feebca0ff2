//! Volume data out of the package into the target's store, where pods will read it: one object for each of the package's own
//! archives, and beside them what each component's pods are to do. The application package names that, so it comes first.

use super::{Ground, helper};
use crate::engine::deliver;
use crate::engine::ledger::JournalLedger;
use crate::engine::origin::{self, Origin};
use crate::engine::preflight::source::StoreReader;
use crate::engine::runner::{Run, Step, Stop};
use crate::jobs::PhaseName;
use crate::jobs::fact::{Fact, UploadTarget};
use crate::jobs::request::{ObjectRef, VolumeWork};
use crate::jobs::state::JobRecord;
use crate::jobs::volume_data::{ArchiveRecord, FillingRecord, PieceRecord, VolumeStep};
use crate::line::LineCode;
use crate::package::{ComponentModel, DataEntry, Package};
use crate::problem::{Code, Problem};
use crate::transfer;
use crate::volumes::{self, Brought, Filling, Keys, Piece, Site};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) struct Bring;

#[async_trait::async_trait]
impl Step for Bring {
    fn phase(&self) -> PhaseName {
        PhaseName::Data
    }

    async fn act(&self, run: &Run) -> Result<(), Stop> {
        let ground = Ground::of(run).await?;
        let Some(work) = &ground.landing.volumes else { return Ok(()) };
        helper::must_be_fresh(run)?;
        let site = helper::site(run, &ground.target, work).await?;
        let origin = origin::open(run).await?;
        if !run.record().volumes.begun {
            run.note(Fact::Volumes { step: VolumeStep::Begun })?;
        }
        let bringer = Bringer { run, ground: &ground, work, site, origin };
        for id in &work.components {
            bringer.component(id).await?;
        }
        Ok(())
    }
}

struct Bringer<'a> {
    run: &'a Run,
    ground: &'a Ground,
    work: &'a VolumeWork,
    site: Site,
    origin: Origin,
}

impl Bringer<'_> {
    fn record(&self) -> JobRecord {
        self.run.record()
    }

    fn note(&self, step: VolumeStep) -> Result<(), Problem> {
        self.run.note(Fact::Volumes { step })
    }

    async fn component(&self, id: &str) -> Result<(), Stop> {
        let component = self.origin.model.components.iter().find(|component| component.id == id);
        let component = component.ok_or_else(|| {
            Problem::new(Code::SourceChanged, "The package holds another app than the plan saw").hint("Plan again")
        })?;
        let fillings = match self.record().volumes.ready.get(id) {
            Some(known) => known.clone(),
            None => self.fillings(component).await?,
        };
        if fillings.is_empty() || self.record().volumes.placed.contains(id) {
            return Ok(());
        }
        let written = helper::write(&self.site, self.run.job.id().as_str(), id, &fillings)?;
        self.site.place(&written).await?;
        self.note(VolumeStep::Placed { component: id.to_owned() })?;
        Ok(())
    }

    /// Brings the component's archives and looks which volume each part of them is of.
    async fn fillings(&self, component: &ComponentModel) -> Result<Vec<FillingRecord>, Stop> {
        if let Some(reading) = self.record().reading.components.remove(&component.id)
            && let Some((volumes, _)) = reading.read
        {
            return self.read(component, volumes).await;
        }
        let keys = Keys::new(self.run.job.id().as_str(), &component.id)?;
        let mut brought = Vec::new();
        for (index, member) in volumes::members(component).into_iter().enumerate() {
            brought.push(self.member(member, keys.member(index)).await?);
        }
        let (fillings, _) = volumes::fillings(component, &brought);
        let (records, unmatched) = matched(component, fillings.into_iter().map(recorded).collect());
        let bytes: u64 = brought.iter().map(|one| one.archive.bytes).sum();
        self.tell(component, records, &unmatched, bytes)
    }

    /// What its volumes will get, on disk before anything relies on it.
    fn tell(
        &self,
        component: &ComponentModel,
        records: Vec<FillingRecord>,
        unmatched: &BTreeSet<u32>,
        bytes: u64,
    ) -> Result<Vec<FillingRecord>, Stop> {
        self.note(VolumeStep::Ready { component: component.id.clone(), volumes: records.clone() })?;
        let name = ("name", component.cname.clone());
        match records.is_empty() {
            true => self.run.say(LineCode::LogDataNone, [name])?,
            false => self.run.say(LineCode::LogDataThere, [name, ("bytes", bytes.to_string())])?,
        }
        if !unmatched.is_empty() {
            let ordinals: Vec<String> = unmatched.iter().map(u32::to_string).collect();
            let name = ("name", component.cname.clone());
            self.run.say(LineCode::LogDataReplicas, [name, ("ordinals", ordinals.join(", "))])?;
        }
        Ok(records)
    }

    /// What the source's pods read, out of their store: the archives themselves, each of which says what it is of.
    async fn read(&self, component: &ComponentModel, volumes: Vec<FillingRecord>) -> Result<Vec<FillingRecord>, Stop> {
        let keys = Keys::new(self.run.job.id().as_str(), &component.id)?;
        let (kept, unmatched) = matched(component, volumes);
        let mut bytes = 0;
        let mut there = Vec::new();
        for (index, mut filling) in kept.into_iter().enumerate() {
            for piece in &mut filling.pieces {
                piece.archive = self.archive(&piece.archive, keys.archive(piece.ordinal, index)).await?;
                bytes += piece.archive.bytes;
            }
            there.push(filling);
        }
        self.tell(component, there, &unmatched, bytes)
    }

    async fn archive(&self, from: &ArchiveRecord, key: String) -> Result<ArchiveRecord, Stop> {
        if let Some(known) = self.record().volumes.archives.get(&from.key) {
            return Ok(known.clone());
        }
        let work = self.record().request.work.reading().cloned();
        let work = work.ok_or_else(|| Problem::new(Code::Internal, "Nothing was read at the source"))?;
        let source = self.run.engine.links.cluster(&self.run.ctx, &work.at.cluster).await?.store(&work.bucket).await?;
        let same_store = source.identity().same_endpoint(self.site.store.identity());
        let cluster = self.ground.target.id.clone();
        let object = ObjectRef { cluster, bucket: self.work.bucket.clone(), key: key.clone() };
        let (from_object, to) = (
            transfer::ObjectRef::new(source, from.key.clone()),
            transfer::ObjectRef::new(self.site.store.clone(), key.clone()),
        );
        deliver::carry(self.run, &from_object, &to, &UploadTarget::Object(object), same_store).await?;
        self.run.note(Fact::TransferEnded)?;
        // Pods prove it by this checksum, which the source's pods computed.
        let archive = ArchiveRecord { key, ..from.clone() };
        self.note(VolumeStep::ArchiveThere { member: from.key.clone(), archive: archive.clone() })?;
        Ok(archive)
    }

    async fn member(&self, member: &DataEntry, key: String) -> Result<Brought, Stop> {
        let store = self.site.store.clone();
        if let Some(known) = self.record().volumes.archives.get(&member.name) {
            let facts = store.head(&known.key).await?;
            let reader = StoreReader {
                store,
                key: known.key.clone(),
                size: known.bytes,
                etag: facts.etag,
                read_bytes: Arc::default(),
            };
            let package = Package::open(&self.run.ctx, Arc::new(reader)).await?;
            let names = package.entries().iter().map(|entry| entry.name.clone()).collect();
            return Ok(Brought { entry: member.name.clone(), archive: helper::archive(known), names });
        }
        let entry = self.origin.package.entries().iter().find(|entry| entry.name == member.name);
        let entry = entry.ok_or_else(|| Problem::new(Code::PackageDamaged, format!("{} is not there", member.name)))?;
        let cluster = self.ground.target.id.clone();
        let object = ObjectRef { cluster, bucket: self.work.bucket.clone(), key: key.clone() };
        let target = UploadTarget::Object(object);
        let clock = self.run.ctx.clock.clone();
        let ledger = JournalLedger { job: self.run.job.clone(), clock, object: Some(target) };
        let to = transfer::ObjectRef::new(store, key);
        let (options, progress) = (deliver::options(), self.run.job.progress());
        let package = &self.origin.package;
        let brought = volumes::bring(&self.run.ctx, package, entry, &to, &options, &ledger, &progress).await?;
        let archive = ArchiveRecord {
            key: brought.archive.key.clone(),
            bytes: brought.archive.bytes,
            sha256: brought.archive.sha256.clone(),
        };
        self.note(VolumeStep::ArchiveThere { member: member.name.clone(), archive })?;
        Ok(brought)
    }
}

/// What each volume gets, and replicas with data that will not run: nobody would fill theirs.
fn matched(component: &ComponentModel, fillings: Vec<FillingRecord>) -> (Vec<FillingRecord>, BTreeSet<u32>) {
    let replicas = component.replicas.max(1);
    let mut unmatched = BTreeSet::new();
    let mut kept = Vec::new();
    for mut filling in fillings {
        filling.pieces.retain(|piece| match piece.ordinal.filter(|ordinal| u64::from(*ordinal) >= replicas) {
            Some(ordinal) => {
                unmatched.insert(ordinal);
                false
            }
            None => true,
        });
        if !filling.pieces.is_empty() {
            kept.push(filling);
        }
    }
    (kept, unmatched)
}

pub(crate) fn recorded(filling: Filling) -> FillingRecord {
    let piece = |piece: Piece| PieceRecord {
        ordinal: piece.ordinal,
        archive: ArchiveRecord { key: piece.archive.key, bytes: piece.archive.bytes, sha256: piece.archive.sha256 },
        strip: piece.strip,
    };
    let pieces = filling.pieces.into_iter().map(piece).collect();
    FillingRecord { volume: filling.volume, mount_path: filling.mount_path, pieces }
}
