//! How an object is cut into parts. Pure.

use crate::storage::{Etag, PartFacts};
use std::ops::Range;

pub(crate) const MIB: u64 = 1 << 20;

/// Parts are no smaller than this, unless the source's own are.
const USUAL: u64 = 8 * MIB;
/// What is used above [`LARGE`]: fewer requests for the same bytes.
const LARGE_PART: u64 = 16 * MIB;
const LARGE: u64 = 40_000_000_000;
/// S3 ends at 10,000 parts; the rest is reserve.
const MOST_PARTS: u64 = 9_000;
/// The platform's v6 regions upload in parts of this size.
const REGION_PART: u64 = 5 * MIB;
/// A part of the source's own size is used up to this, so that parts in flight fit the memory.
const LARGEST_OWN: u64 = 64 * MIB;
/// Bytes that parts in flight may hold together at first: what is sent soon after it was read is still near the processor,
/// and more only costs. Connections that are slow, each for itself, need many at once.
const BUDGET: u64 = 48 * MIB;
const FAR_BUDGET: u64 = 136 * MIB;
pub(crate) const MOST_IN_FLIGHT: usize = 24;

/// An object cut into parts of one size; the last may be smaller. An empty object is one empty part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parts {
    pub size: u64,
    pub part_size: u64,
}

impl Parts {
    pub(crate) fn new(size: u64, part_size: u64) -> Self {
        Self { size, part_size: part_size.max(1) }
    }

    /// The cut for an object of a known source: its own where the target's ETag can then equal the source's.
    pub(crate) fn for_source(size: u64, own: Option<u64>) -> Self {
        match own {
            Some(own) if own <= LARGEST_OWN && size.div_ceil(own.max(1)) <= MOST_PARTS => Self::new(size, own),
            Some(_) | None => Self::new(size, usual_size(size)),
        }
    }

    /// The cut for parts that pass without being held.
    pub(crate) fn streamed(size: u64) -> Self {
        Self::new(size, usual_size(size).max(LARGE_PART))
    }

    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.size.div_ceil(self.part_size).max(1)).unwrap_or(u32::MAX)
    }

    pub(crate) fn range(&self, index: u32) -> Range<u64> {
        let start = (u64::from(index) * self.part_size).min(self.size);
        start..(start + self.part_size).min(self.size)
    }

    pub(crate) fn len(&self, index: u32) -> u64 {
        let range = self.range(index);
        range.end - range.start
    }

    /// How many parts may be held in memory at once while connections are fast.
    pub(crate) fn in_flight(&self) -> usize {
        held(BUDGET, self.part_size)
    }

    /// And how many where they are slow, each for itself.
    pub(crate) fn most_in_flight(&self) -> usize {
        held(FAR_BUDGET, self.part_size)
    }
}

fn held(budget: u64, part_size: u64) -> usize {
    usize::try_from(budget / part_size).unwrap_or(usize::MAX).clamp(3, MOST_IN_FLIGHT)
}

fn usual_size(size: u64) -> u64 {
    let usual = if size > LARGE { LARGE_PART } else { USUAL };
    usual.max(size.div_ceil(MOST_PARTS).next_multiple_of(MIB))
}

/// The part size the source was uploaded with: what the store says, else what its ETag and the platform's habit suggest.
/// `None`: it cannot be known, or the object is one body.
pub(crate) fn own_part_size(size: u64, etag: Option<&Etag>, told: Option<PartFacts>) -> Option<u64> {
    let count = etag.and_then(Etag::part_count);
    let fits = |own: u64| own > 0 && count.is_some_and(|count| u64::from(count) == size.div_ceil(own).max(1));
    told.map(|told| told.part_size).filter(|own| fits(*own)).or(Some(REGION_PART).filter(|own| fits(*own)))
}

/// Whether the target's ETag must equal the source's when all goes well: the same bytes cut the same way.
pub(crate) fn same_etag_expected(parts: Parts, source: Option<&Etag>) -> bool {
    match source {
        Some(etag) if parts.count() == 1 => etag.looks_like_md5() || etag.part_count() == Some(1),
        Some(etag) => etag.part_count() == Some(parts.count()),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GB: u64 = 1_000_000_000;

    fn multi(count: u32) -> Etag {
        Etag::new(format!("\"d41d8cd98f00b204e9800998ecf8427e-{count}\""))
    }

    #[test]
    fn parts_grow_with_the_object_and_stay_below_the_limit() {
        let check = |size, expected| assert_eq!(Parts::for_source(size, None).part_size, expected * MIB, "{size}");
        check(0, 8);
        check(96 * MIB, 8);
        check(39 * GB, 8);
        check(41 * GB, 16);
        check(100 * GB, 16);
        check(200 * GB, 22);
        check(5000 * GB, 530);
    }

    #[test]
    fn the_sources_own_cut_is_used_where_it_can_be_known() {
        let check = |size, count, told: Option<u64>, expected: Option<u64>| {
            let told = told.map(|part_size| PartFacts { part_size, part_count: count });
            assert_eq!(own_part_size(size, Some(&multi(count)), told), expected, "{size} {count} {told:?}");
        };
        check(260 * MIB, 52, None, Some(5 * MIB));
        check(260 * MIB, 17, Some(16 * MIB), Some(16 * MIB));
        check(260 * MIB, 17, None, None);
        // What the store says must fit what the ETag says.
        check(260 * MIB, 17, Some(20 * MIB), None);
        assert_eq!(own_part_size(260 * MIB, Some(&Etag::new("d41d8cd98f00b204e9800998ecf8427e")), None), None);
        assert_eq!(own_part_size(260 * MIB, None, None), None);
    }

    #[test]
    fn a_source_cut_too_coarsely_or_too_finely_is_cut_anew() {
        assert_eq!(Parts::for_source(GB, Some(512 * MIB)).part_size, 8 * MIB);
        assert_eq!(Parts::for_source(60_000 * MIB, Some(5 * MIB)).part_size, 16 * MIB);
    }

    #[test]
    fn memory_is_bounded_whatever_the_part_size() {
        let check = |part: u64, near, far| {
            let parts = Parts::new(u64::MAX, part * MIB);
            assert_eq!((parts.in_flight(), parts.most_in_flight()), (near, far), "{part}");
        };
        check(5, 9, 24);
        check(8, 6, 17);
        check(16, 3, 8);
        check(64, 3, 3);
        check(530, 3, 3);
    }

    #[test]
    fn equal_etags_are_expected_only_for_equal_cuts() {
        let md5 = Etag::new("d41d8cd98f00b204e9800998ecf8427e");
        assert!(same_etag_expected(Parts::new(3 * MIB, 8 * MIB), Some(&md5)));
        assert!(same_etag_expected(Parts::new(10 * MIB, 5 * MIB), Some(&multi(2))));
        assert!(!same_etag_expected(Parts::new(10 * MIB, 5 * MIB), Some(&multi(3))));
        assert!(!same_etag_expected(Parts::new(10 * MIB, 8 * MIB), Some(&md5)));
        assert!(!same_etag_expected(Parts::new(10, 8), None));
    }

    proptest! {
        #[test]
        fn parts_cover_the_object_once_and_in_order(size in 0..u64::MAX / 4, own in proptest::option::of(1..u64::MAX / 4)) {
            let parts = Parts::for_source(size, own);
            prop_assert!(parts.count() <= 10_000);
            prop_assert_eq!(parts.range(0).start, 0);
            prop_assert_eq!(parts.range(parts.count() - 1).end, size);
            for index in 1..parts.count() {
                prop_assert_eq!(parts.range(index - 1).end, parts.range(index).start);
                prop_assert_eq!(parts.len(index - 1), parts.part_size);
                prop_assert!(parts.len(index) > 0);
            }
        }

        #[test]
        fn parts_in_flight_fit_the_budget(size in 0..100_000 * MIB, own in proptest::option::of(1..64 * MIB)) {
            let parts = Parts::for_source(size, own);
            prop_assert!(parts.in_flight() <= parts.most_in_flight());
            prop_assert!(parts.most_in_flight() as u64 * parts.part_size <= FAR_BUDGET.max(3 * LARGEST_OWN));
        }
    }
}
