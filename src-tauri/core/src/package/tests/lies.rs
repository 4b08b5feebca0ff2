//! Zips that say one thing to readers of their directory and another to others.

use super::super::directory::Package;
use super::super::error::PackageError;
use super::kit::{Counted, Pack, Zip, ctx};
use rstest::rstest;

const TEXT: &[u8] = b"content of some length";

fn sample() -> Vec<u8> {
    Zip::default().add("r/a", TEXT, Pack::Deflated).add("r/b", TEXT, Pack::Stored).finish()
}

async fn read_all(bytes: Vec<u8>) -> Result<(), PackageError> {
    let package = Package::open(&ctx(), Counted::new(bytes)).await?;
    for entry in package.entries() {
        package.read_member(&ctx(), entry, 1 << 20).await?;
    }
    Ok(())
}

async fn refused(bytes: Vec<u8>, said: &str) {
    let error = read_all(bytes).await.unwrap_err().to_string();
    assert!(error.contains(said), "{error}");
}

/// The first local header, changed at a place.
#[rstest]
#[case::name(30, b"x", "another name")]
#[case::method(8, &[0, 0], "another compression")]
#[case::encrypted(6, &[9, 8], "another compression")]
#[case::crc(14, &[1, 2, 3, 4], "other sizes")]
#[case::size(22, &[7, 0, 0, 0], "other sizes")]
#[case::packed(18, &[1, 0, 0, 0], "other sizes")]
#[tokio::test]
async fn a_local_header_that_differs_from_the_directory_is_refused(
    #[case] at: usize,
    #[case] value: &[u8],
    #[case] said: &str,
) {
    let mut bytes = sample();
    read_all(bytes.clone()).await.unwrap();
    bytes[at..at + value.len()].copy_from_slice(value);
    refused(bytes, said).await;
}

/// The end record, changed at a place.
#[rstest]
#[case::disk(4, &[1, 0])]
#[case::first_disk(6, &[1, 0])]
#[case::here(8, &[1, 0])]
#[tokio::test]
async fn a_zip_in_several_parts_is_refused(#[case] at: usize, #[case] value: &[u8]) {
    let mut bytes = sample();
    let end = bytes.len() - 22;
    bytes[end + at..end + at + 2].copy_from_slice(value);
    refused(bytes, "one of several").await;
}

#[tokio::test]
async fn an_end_within_the_comment_of_an_end_is_refused() {
    let mut bytes = sample();
    let end = bytes.len() - 22;
    bytes[end + 20] = 9;
    bytes.extend_from_slice(b"PK\x05\x06 mark");
    refused(bytes, "two end records").await;
}

#[tokio::test]
async fn a_wide_end_that_differs_from_the_short_one_is_refused() {
    let mut bytes = sample();
    let end = bytes.split_off(bytes.len() - 22);
    let at = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap() as u64;
    let (len, record) = (bytes.len() as u64 - at, bytes.len() as u64);
    let wide = |count: u64| {
        [
            &b"PK\x06\x06"[..],
            &44_u64.to_le_bytes(),
            &[45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &count.to_le_bytes(),
            &count.to_le_bytes(),
            &len.to_le_bytes(),
            &at.to_le_bytes(),
            b"PK\x06\x07\0\0\0\0",
            &record.to_le_bytes(),
            &[1, 0, 0, 0],
        ]
        .concat()
    };
    read_all([bytes.clone(), wide(2), end.clone()].concat()).await.unwrap();
    refused([bytes, wide(1), end].concat(), "differ").await;
}

#[tokio::test]
async fn a_member_that_claims_more_than_deflate_can_hold_is_refused() {
    let mut bytes = sample();
    let central = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[central + 24..central + 28].copy_from_slice(&(1_u32 << 30).to_le_bytes());
    refused(bytes, "cannot make as many").await;
    // What deflate really makes of zeros.
    let zeros = Zip::default().add("r/zeros", &vec![0; 1 << 20], Pack::Deflated).finish();
    read_all(zeros).await.unwrap();
}

#[tokio::test]
async fn more_entries_than_any_package_has_are_refused() {
    let record = |n: u32| {
        let mut record = vec![0; 46];
        record[..4].copy_from_slice(b"PK\x01\x02");
        record[28] = 4;
        record[42..46].copy_from_slice(&n.to_le_bytes());
        record.extend_from_slice(&n.to_le_bytes());
        record
    };
    let directory: Vec<u8> = (0..300_000).flat_map(record).collect();
    let len = u32::try_from(directory.len()).unwrap();
    // Modulo 65536, as zips without wide numbers have it.
    let count = (300_000_u32 % 65_536) as u16;
    let end = [&b"PK\x05\x06\0\0\0\0"[..], &count.to_le_bytes(), &count.to_le_bytes(), &len.to_le_bytes(), &[0; 6]];
    refused([directory, end.concat()].concat(), "more than 250000 entries").await;
}
