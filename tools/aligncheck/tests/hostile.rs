//! Files that somebody broke, or made to break this tool: a result or an error, and no panic.

mod support;

use proptest::prelude::*;
use sheaf_aligncheck::{check, operands, protect_archive};
use support::{MERGEABLE, MISALIGNED};

/// Offsets of what matters most in a small ELF file: its header and the program headers behind it.
const HEADERS: usize = 0x190;

/// A change to some bytes.
#[derive(Clone, Debug)]
enum Change {
    /// One byte becomes another.
    Byte(u8),
    /// Eight bytes become a number that is often special.
    Word(u64),
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Change)>> {
    let special = [
        0,
        1,
        7,
        8,
        0x7fff_ffff,
        0x8000_0000,
        u64::from(u32::MAX),
        1 << 63,
        u64::MAX - 63,
        u64::MAX,
    ];
    let change = prop_oneof![
        any::<u8>().prop_map(Change::Byte),
        prop::sample::select(special.to_vec()).prop_map(Change::Word),
        any::<u64>().prop_map(Change::Word),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), change), 1..8)
}

fn apply(
    file: &[u8],
    range: std::ops::Range<usize>,
    changes: &[(prop::sample::Index, Change)],
) -> Vec<u8> {
    let mut file = file.to_vec();
    for (at, change) in changes {
        let at = range.start + at.index(range.len());
        match change {
            Change::Byte(byte) => file[at] = *byte,
            Change::Word(word) => {
                let end = file.len().min(at + 8);
                file[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
            }
        }
    }
    file
}

/// Where the section headers of the small ELF file are.
fn section_headers() -> std::ops::Range<usize> {
    let start = u64::from_le_bytes(MISALIGNED[40..48].try_into().unwrap()) as usize;
    let count = usize::from(u16::from_le_bytes([MISALIGNED[60], MISALIGNED[61]]));
    start..start + 64 * count
}

/// What both entry points say has to agree.
fn look_at(file: &[u8]) {
    match (check(file), operands(file)) {
        (Ok(report), Ok(operands)) => {
            assert_eq!(report.counts.operands, operands.len() as u64);
            for finding in &report.findings {
                assert!(
                    !finding.target.is_multiple_of(finding.required)
                        && finding.actual < finding.required
                );
            }
        }
        (Err(error), Err(other)) => {
            assert_eq!(error, other);
            assert!(!error.to_string().contains('\n'));
        }
        (report, operands) => panic!("{report:?} {operands:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_file_with_changes_anywhere(changes in changes()) {
        look_at(&apply(MISALIGNED, 0..MISALIGNED.len(), &changes));
    }

    #[test]
    fn a_file_with_changed_headers(changes in changes()) {
        look_at(&apply(MISALIGNED, 0..HEADERS, &changes));
    }

    #[test]
    fn a_file_with_changed_section_headers(changes in changes()) {
        look_at(&apply(MISALIGNED, section_headers(), &changes));
    }

    #[test]
    fn a_truncated_file(length in 0..MISALIGNED.len()) {
        look_at(&MISALIGNED[..length]);
    }

    #[test]
    fn any_code(code in prop::collection::vec(any::<u8>(), 51)) {
        let mut file = MISALIGNED.to_vec();
        file[0x2000..0x2033].copy_from_slice(&code);
        look_at(&file);
    }

    #[test]
    fn any_bytes_after_the_magic(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        look_at(&[&b"\x7fELF\x02\x01\x01"[..], &bytes].concat());
        let _ = protect_archive(&[&b"!<arch>\n"[..], &bytes].concat());
    }

    #[test]
    fn an_archive_with_changes(changes in changes(), length in 0..=MERGEABLE.len()) {
        let changed = apply(MERGEABLE, 0..MERGEABLE.len(), &changes);
        for archive in [&changed[..], &changed[..length]] {
            if let Ok(protected) = protect_archive(archive) {
                prop_assert_eq!(protected.archive.len(), archive.len());
            }
        }
    }
}
