//! Damage as a matrix: what was done to a package × where, and that it is refused in plain words, never read as something else.

use super::super::directory::{Entry, Package};
use super::super::error::PackageError;
use super::super::model::load;
use super::kit::{Counted, Pack, Zip, ctx};
use rstest::rstest;

const ROOT: &str = "aa_20240102030405";

/// Two short members and a longer one; where the directory starts.
fn sample() -> (Vec<u8>, usize) {
    let text: Vec<u8> = (0..5000u32).flat_map(|n| format!("{} ", n * n).into_bytes()).collect();
    let bytes = Zip::default()
        .add(&format!("{ROOT}/console_apps_metadata.json"), br#"{"apps": []}"#, Pack::Deflated)
        .add(&format!("{ROOT}/big"), &text, Pack::Deflated)
        .add(&format!("{ROOT}/region_apps_metadata.json"), b"[]", Pack::Stored)
        .finish();
    let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    (bytes, at)
}

async fn read_all(bytes: Vec<u8>) -> Result<Vec<Entry>, PackageError> {
    let package = Package::open(&ctx(), Counted::new(bytes)).await?;
    for entry in package.entries() {
        package.read_member(&ctx(), entry, 1 << 24).await?;
    }
    Ok(package.entries().to_vec())
}

/// Offset of the n-th directory entry.
fn nth_entry(bytes: &[u8], n: usize) -> usize {
    bytes.windows(4).enumerate().filter(|(_, four)| four == b"PK\x01\x02").nth(n).unwrap().0
}

fn set(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

#[tokio::test]
async fn the_sample_is_whole() {
    assert_eq!(read_all(sample().0).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_package_cut_anywhere_is_refused() {
    let (bytes, _) = sample();
    for end in (0..bytes.len()).step_by(7) {
        let found = read_all(bytes[..end].to_vec()).await;
        assert!(matches!(found, Err(PackageError::NotAZip)), "cut at {end}: {found:?}");
    }
}

#[tokio::test]
async fn an_object_shorter_than_it_says_is_refused() {
    let (bytes, _) = sample();
    let reader = Counted::promising(bytes.clone(), bytes.len() as u64 + 1000);
    assert!(matches!(Package::open(&ctx(), reader).await, Err(PackageError::CutShort { .. })));
}

#[tokio::test]
async fn no_changed_byte_is_taken_for_content() {
    let (bytes, _) = sample();
    let whole = Package::open(&ctx(), Counted::new(bytes.clone())).await.unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 0xFF;
        let Ok(package) = Package::open(&ctx(), Counted::new(changed)).await else { continue };
        for (entry, was) in package.entries().iter().zip(whole.entries()) {
            let Ok(read) = package.read_member(&ctx(), entry, 1 << 24).await else { continue };
            let original = whole.read_member(&ctx(), was, 1 << 24).await.unwrap();
            assert_eq!(read, original, "byte {at}");
        }
    }
}

#[rstest]
#[case::crc(16, &[1, 2, 3, 4], "checksum")]
#[case::shorter_size(24, &[1, 0, 0, 0], "longer than it claims")]
#[case::longer_size(24, &[0xFE, 0xFF, 0xFF, 0x00], "shorter than it claims")]
#[case::longer_data(20, &[0xF0, 0xFF, 0xFF, 0x7F], "overlaps")]
#[case::cut_data(20, &[9, 0, 0, 0], "end too early")]
#[case::offset(42, &[3, 0, 0, 0], "overlaps")]
#[case::wide_marker_without_field(24, &[0xFF, 0xFF, 0xFF, 0xFF], "zip64 sizes are missing")]
#[case::method(10, &[99, 0], "a compression")]
#[case::encrypted(8, &[9, 8], "encryption")]
#[tokio::test]
async fn a_directory_that_lies_about_a_member_is_found_out(
    #[case] field: usize,
    #[case] value: &[u8],
    #[case] said: &str,
) {
    let (mut bytes, _) = sample();
    let at = nth_entry(&bytes, 1);
    set(&mut bytes, at + field, value);
    let error = read_all(bytes).await.unwrap_err();
    assert!(error.to_string().contains(said), "{error}");
}

#[rstest]
#[case::more_entries(10, &[9, 0])]
#[case::fewer_entries(10, &[1, 0])]
#[case::no_entries(10, &[0, 0])]
#[case::absurd_entries(10, &[0xFE, 0xFF])]
#[case::later_start(16, &[0xF0, 0xFF, 0xFF, 0x7F])]
#[case::earlier_start(16, &[0, 0, 0, 0])]
#[case::shorter(12, &[10, 0, 0, 0])]
#[case::longer(12, &[0xF0, 0xFF, 0xFF, 0x7F])]
#[case::wide_without_record(16, &[0xFF, 0xFF, 0xFF, 0xFF])]
#[tokio::test]
async fn an_end_record_that_lies_is_found_out(#[case] field: usize, #[case] value: &[u8]) {
    let (mut bytes, _) = sample();
    let at = bytes.len() - 22;
    set(&mut bytes, at + field, value);
    let error = read_all(bytes).await.unwrap_err();
    assert!(matches!(error, PackageError::DirectoryDamaged { .. }), "{error:?}");
}

#[tokio::test]
async fn absurd_wide_counts_set_nothing_aside() {
    let (mut bytes, at) = sample();
    let mut end = bytes.split_off(bytes.len() - 22);
    // The short record says that the wide one counts.
    end[8..12].fill(0xFF);
    let len = (bytes.len() - at) as u64;
    let record_at = bytes.len() as u64;
    let record = [
        &b"PK\x06\x06"[..],
        &44u64.to_le_bytes(),
        &[45, 3, 45, 0],
        &[0; 8],
        &u64::MAX.to_le_bytes(),
        &u64::MAX.to_le_bytes(),
        &len.to_le_bytes(),
        &(at as u64).to_le_bytes(),
    ]
    .concat();
    let locator = [&b"PK\x06\x07"[..], &[0; 4], &record_at.to_le_bytes(), &[1, 0, 0, 0]].concat();
    bytes.extend([record, locator, end].concat());
    let error = read_all(bytes).await.unwrap_err();
    assert!(error.to_string().contains("too short for the entries it claims"), "{error}");
}

#[tokio::test]
async fn two_entries_over_the_same_bytes_are_refused() {
    let (mut bytes, _) = sample();
    let (first, second) = (nth_entry(&bytes, 0), nth_entry(&bytes, 1));
    let offset = bytes[first + 42..first + 46].to_vec();
    set(&mut bytes, second + 42, &offset);
    let error = read_all(bytes).await.unwrap_err();
    assert!(error.to_string().contains("overlaps"), "{error}");
}

#[tokio::test]
async fn a_member_larger_than_allowed_is_not_read() {
    let (bytes, _) = sample();
    let package = Package::open(&ctx(), Counted::new(bytes)).await.unwrap();
    let big = package.find("big").unwrap();
    let error = package.read_member(&ctx(), big, 100).await.unwrap_err();
    assert!(matches!(error, PackageError::MemberTooLarge { limit: 100, .. }), "{error:?}");
}

#[tokio::test]
async fn damage_elsewhere_does_not_keep_the_metadata_from_being_read() {
    let (mut bytes, _) = sample();
    let at = nth_entry(&bytes, 1);
    set(&mut bytes, at + 16, &[1, 2, 3, 4]);
    let package = Package::open(&ctx(), Counted::new(bytes)).await.unwrap();
    load(&ctx(), &package).await.unwrap();
}

#[rstest]
#[case::text(b"hello, I am a web page that is long enough".to_vec())]
#[case::nothing(Vec::new())]
#[case::zeros(vec![0; 100_000])]
#[case::markers(b"PK\x05\x06".repeat(5000))]
#[tokio::test]
async fn what_is_no_zip_is_called_so(#[case] bytes: Vec<u8>) {
    assert!(matches!(read_all(bytes).await, Err(PackageError::NotAZip)));
}

#[tokio::test]
async fn garbage_with_an_end_record_is_refused_quietly() {
    let (bytes, at) = sample();
    let mut seed = 1u32;
    for _ in 0..300 {
        let mut mixed = bytes.clone();
        for _ in 0..8 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let place = at + (seed >> 8) as usize % (bytes.len() - at);
            mixed[place] = (seed & 0xFF) as u8;
        }
        let _ = read_all(mixed).await;
    }
}
