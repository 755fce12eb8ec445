//! What protecting an archive changes, and what it refuses.

mod support;

use object::elf::{FileHeader64, SHF_ALLOC, SHF_MERGE, SHF_STRINGS, SectionHeader64};
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, pod};
use sheaf_aligncheck::{Error, protect_archive};
use support::{MERGEABLE, MISALIGNED};

/// A section, with everything about it that may be changed or must not be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Section {
    member: String,
    name: String,
    flags: u64,
    entry_size: u64,
    data: Vec<u8>,
}

fn sections(archive: &[u8]) -> Vec<Section> {
    let mut sections = Vec::new();
    for member in ArchiveFile::parse(archive).unwrap().members() {
        let member = member.unwrap();
        let data = member.data(archive).unwrap();
        let header = FileHeader64::<Endianness>::parse(data).unwrap();
        let endian = header.endian().unwrap();
        let table = header.sections(endian, data).unwrap();
        for section in table.iter() {
            sections.push(Section {
                member: String::from_utf8(member.name().to_vec()).unwrap(),
                name: String::from_utf8(table.section_name(endian, section).unwrap().to_vec())
                    .unwrap(),
                flags: section.sh_flags(endian).0,
                entry_size: section.sh_entsize(endian),
                data: section.data(endian, data).unwrap().to_vec(),
            });
        }
    }
    sections
}

#[test]
fn mergeable_sections_lose_their_flags_and_nothing_else_changes() {
    let protected = protect_archive(MERGEABLE).unwrap();
    assert_eq!(
        (protected.objects, protected.sections, protected.bytes),
        (3, 4, 88)
    );
    assert_eq!(protected.archive.len(), MERGEABLE.len());

    let (before, after) = (sections(MERGEABLE), sections(&protected.archive));
    assert_eq!(before.len(), after.len());
    let mut changed = Vec::new();
    for (before, after) in before.iter().zip(&after) {
        let mergeable = before.flags & (SHF_ALLOC | SHF_MERGE).0 == (SHF_ALLOC | SHF_MERGE).0;
        let mut expected = before.clone();
        if mergeable {
            expected.flags &= !(SHF_MERGE | SHF_STRINGS).0;
            expected.entry_size = 0;
            changed.push((before.member.as_str(), before.name.as_str()));
        }
        assert_eq!(after, &expected);
    }
    assert_eq!(
        changed,
        [
            ("words.o", ".rodata.cst32"),
            ("words.o", ".rodata.cst8"),
            ("vector.o", ".rodata.cst32"),
            ("string_vector.o", ".rodata.str1.16"),
        ]
    );

    // Protecting twice changes nothing.
    let again = protect_archive(&protected.archive).unwrap();
    assert_eq!((again.objects, again.sections, again.bytes), (3, 0, 0));
    assert_eq!(again.archive, protected.archive);
}

/// Strings outside of memory stay mergeable.
#[test]
fn debug_strings_stay_mergeable() {
    let mut archive = MERGEABLE.to_vec();
    // Takes SHF_ALLOC from the string section, which makes it what `.debug_str` is.
    let flags = (SHF_ALLOC | SHF_MERGE | SHF_STRINGS).0.to_le_bytes();
    let places: Vec<_> = archive
        .windows(8)
        .enumerate()
        .filter(|(_, bytes)| *bytes == flags)
        .map(|(at, _)| at)
        .collect();
    assert_eq!(places.len(), 1);
    archive[places[0]..places[0] + 8].copy_from_slice(&(SHF_MERGE | SHF_STRINGS).0.to_le_bytes());
    let protected = protect_archive(&archive).unwrap();
    assert_eq!(protected.sections, 3);
    assert_eq!(
        protected.archive[places[0]..places[0] + 8],
        archive[places[0]..places[0] + 8]
    );
}

/// An archive with these members, without a symbol table.
fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = object::archive::MAGIC.to_vec();
    for (name, data) in members {
        let header = object::archive::Header {
            name: field(&format!("{name}/")),
            date: field("0"),
            uid: field("0"),
            gid: field("0"),
            mode: field("644"),
            size: field(&data.len().to_string()),
            terminator: object::archive::TERMINATOR,
        };
        archive.extend(pod::bytes_of(&header));
        archive.extend_from_slice(data);
        if data.len() % 2 == 1 {
            archive.push(b'\n');
        }
    }
    archive
}

fn field<const N: usize>(text: &str) -> [u8; N] {
    format!("{text:N$}").into_bytes().try_into().unwrap()
}

fn object() -> &'static [u8] {
    let members = ArchiveFile::parse(MERGEABLE).unwrap().members();
    let vector = members
        .map(Result::unwrap)
        .find(|member| member.name() == b"vector.o")
        .unwrap();
    vector.data(MERGEABLE).unwrap()
}

/// The object, with another name for its section of constants: as the last string of the file, behind everything else.
fn with_section_named(name: &str) -> Vec<u8> {
    let mut object = object().to_vec();
    let header = FileHeader64::<Endianness>::parse(object.as_slice()).unwrap();
    let endian = header.endian().unwrap();
    let table = header.sections(endian, object.as_slice()).unwrap();
    let start = header.e_shoff.get(endian) as usize;
    let (index, _) = table.section_by_name(endian, b".rodata.cst32").unwrap();
    let (constants, names) = (index.0, usize::from(header.e_shstrndx.get(endian).0));
    let strings = table.section(object::SectionIndex(names)).unwrap();
    let (offset, size) = (strings.sh_offset.get(endian), strings.sh_size.get(endian));
    let moved = object.len() as u64;
    object.extend_from_within(offset as usize..(offset + size) as usize);
    object.extend(name.bytes());
    object.push(0);
    let (headers, _) = pod::slice_from_bytes_mut::<SectionHeader64<Endianness>>(
        &mut object[start..],
        constants.max(names) + 1,
    )
    .unwrap();
    headers[constants].sh_name.set(endian, size as u32);
    headers[names].sh_offset.set(endian, moved);
    headers[names]
        .sh_size
        .set(endian, size + name.len() as u64 + 1);
    object
}

#[test]
fn members_that_are_no_objects_stay() {
    let metadata = b"metadata".as_slice();
    let mixed = archive(&[
        ("lib.rmeta", metadata),
        ("vector.o", object()),
        ("odd.txt", b"odd"),
    ]);
    let protected = protect_archive(&mixed).unwrap();
    assert_eq!(
        (protected.objects, protected.sections, protected.bytes),
        (1, 1, 32)
    );
    let alone = protect_archive(&archive(&[("vector.o", object())])).unwrap();
    assert_eq!(alone.sections, 1);
    let members = ArchiveFile::parse(protected.archive.as_slice())
        .unwrap()
        .members();
    let data: Vec<_> = members
        .map(|member| member.unwrap().data(protected.archive.as_slice()).unwrap())
        .collect();
    assert_eq!(data[0], metadata);
    assert_eq!(data[2], b"odd");
    assert_eq!(data[1].len(), object().len());
}

#[test]
fn what_cannot_be_protected_is_refused() {
    let member = |data: &[u8]| protect_archive(&archive(&[("vector.o", object()), ("x.o", data)]));
    let name = || "x.o".to_owned();
    assert_eq!(
        member(b"BC\xc0\xde...."),
        Err(Error::Bitcode { member: name() })
    );
    assert_eq!(
        member(MISALIGNED),
        Err(Error::MemberKind { member: name() })
    );
    let mut narrow = object().to_vec();
    narrow[4] = 1;
    assert_eq!(member(&narrow), Err(Error::MemberKind { member: name() }));
    assert_eq!(member(MERGEABLE), Err(Error::Nested { member: name() }));
    for section in [".gnu.lto_.decls", ".llvm.lto"] {
        let section = section.to_owned();
        assert_eq!(
            member(&with_section_named(&section)),
            Err(Error::LinkTimeCode {
                member: name(),
                section
            })
        );
    }
    let cut = &object()[..object().len() / 2];
    assert!(matches!(member(cut), Err(Error::Member { member, .. }) if member == "x.o"));

    assert_eq!(protect_archive(b"!<thin>\n"), Err(Error::ThinArchive));
    assert_eq!(protect_archive(&archive(&[])), Err(Error::NoObjects));
    assert_eq!(
        protect_archive(&archive(&[("notes", b"none")])),
        Err(Error::NoObjects)
    );
    assert!(matches!(protect_archive(b""), Err(Error::Archive(_))));
    assert!(matches!(
        protect_archive(MISALIGNED),
        Err(Error::Archive(_))
    ));
    let cut = &MERGEABLE[..MERGEABLE.len() - 100];
    assert!(matches!(protect_archive(cut), Err(Error::Archive(_))));
}
