//! Makes a static archive immune to linkers that merge constants wrongly.
//!
//! A section with `SHF_MERGE` allows the linker to keep one copy of equal constants from several objects. The copy has
//! to satisfy the strictest alignment of all of them. A linker that keeps the first copy's alignment instead breaks
//! every aligned load of the others. Without the flag there is nothing to merge: the section is laid out as a whole, at
//! its own alignment, and the consumer's linker never compares its contents with anything.
//!
//! The flag is cleared in every section that is part of the program's memory (`SHF_ALLOC`), whatever its name, its
//! alignment and its kind:
//!
//! - Constants of fixed size (`.rodata.cst16`) and strings (`.rodata.str1.16`) alike. Compilers read aligned strings
//!   with aligned loads too, and Zig 0.15.2 merges both kinds with the same mistake.
//! - Sections of small alignment too, though no aligned load depends on them: their constants are the ones that pull
//!   down other libraries' copies, and a library should be a good neighbour.
//!
//! Sections outside of memory (`.debug_str`, `.comment`) keep the flag: no instruction reads them, and merging them saves
//! much. What is lost is that the linker no longer shares constants: 18 KB of 2.7 MB in a program with all of `sheaf`.

use object::elf::{ET_REL, FileHeader64, SHF_ALLOC, SHF_MERGE, SHF_STRINGS, SectionHeader64};
use object::read::archive::ArchiveFile;
use object::read::elf::{FileHeader, SectionHeader};
use object::{Endianness, pod};

use crate::Error;

/// The first bytes of LLVM bitcode, bare and with the wrapper that some tools add.
const BITCODE: [&[u8]; 2] = [b"BC\xc0\xde", b"\xde\xc0\x17\x0b"];

/// How the names of sections begin that linkers compile instead of using the object's own code: GCC's, and LLVM's for
/// objects that have both. (`.llvmbc`, which Rust's standard library has, is there for other tools.)
const LINK_TIME_CODE: [&[u8]; 2] = [b".gnu.lto_", b".llvm.lto"];

/// A static archive without mergeable sections, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// The archive. It has the length of the original; only section headers differ.
    pub archive: Vec<u8>,
    /// Number of ELF objects in the archive.
    pub objects: usize,
    /// Number of sections that were mergeable.
    pub sections: usize,
    /// Bytes in those sections: an upper bound of what a linker could have saved by merging them.
    pub bytes: u64,
}

/// Returns the static archive with all constant sections of its objects made non-mergeable.
///
/// Members that are not ELF files, such as `lib.rmeta` of a Rust library, stay as they are.
///
/// # Errors
///
/// The archive is unreadable or thin, holds no ELF object at all, or holds a member that can't be made safe: a broken or
/// 32-bit ELF file, one that is not relocatable, LLVM bitcode or what GCC and LLVM put into objects for link-time
/// optimisation, or another archive.
pub fn protect_archive(archive: &[u8]) -> Result<Protected, Error> {
    let file = ArchiveFile::parse(archive).map_err(Error::Archive)?;
    if file.is_thin() {
        return Err(Error::ThinArchive);
    }
    let mut protected = Protected {
        archive: archive.to_vec(),
        objects: 0,
        sections: 0,
        bytes: 0,
    };
    for member in file.members() {
        let member = member.map_err(Error::Archive)?;
        let name = || String::from_utf8_lossy(member.name()).into_owned();
        let data = member.data(archive).map_err(Error::Archive)?;
        if BITCODE.iter().any(|magic| data.starts_with(magic)) {
            return Err(Error::Bitcode { member: name() });
        }
        if [object::archive::MAGIC, object::archive::THIN_MAGIC]
            .iter()
            .any(|magic| data.starts_with(magic))
        {
            return Err(Error::Nested { member: name() });
        }
        if !data.starts_with(&object::elf::ELFMAG) {
            continue;
        }
        if data.get(4) != Some(&object::elf::ELFCLASS64.0) {
            return Err(Error::MemberKind { member: name() });
        }
        let unreadable = |reason| Error::Member {
            member: name(),
            reason,
        };
        let header = FileHeader64::<Endianness>::parse(data).map_err(unreadable)?;
        let endian = header.endian().map_err(unreadable)?;
        if header.e_type(endian) != ET_REL {
            return Err(Error::MemberKind { member: name() });
        }
        protected.objects += 1;
        let count = header
            .section_headers(endian, data)
            .map_err(unreadable)?
            .len();
        if count == 0 {
            continue;
        }
        let sections = header.sections(endian, data).map_err(unreadable)?;
        for section in sections.iter() {
            let section = sections.section_name(endian, section).map_err(unreadable)?;
            if LINK_TIME_CODE
                .iter()
                .any(|prefix| section.starts_with(prefix))
            {
                return Err(Error::LinkTimeCode {
                    member: name(),
                    section: String::from_utf8_lossy(section).into_owned(),
                });
            }
        }
        // Both ends were checked when the headers were read from the same bytes.
        let start = (member.file_range().0 + header.e_shoff(endian)) as usize;
        let (headers, _) = pod::slice_from_bytes_mut::<SectionHeader64<Endianness>>(
            &mut protected.archive[start..],
            count,
        )
        .expect("the original's section headers lie within the archive");
        for section in headers {
            if make_unmergeable(section, endian) {
                protected.sections += 1;
                protected.bytes = protected.bytes.saturating_add(section.sh_size(endian));
            }
        }
    }
    if protected.objects == 0 {
        return Err(Error::NoObjects);
    }
    Ok(protected)
}

/// Clears the flags of a mergeable section in memory; tells whether it was one.
fn make_unmergeable(section: &mut SectionHeader64<Endianness>, endian: Endianness) -> bool {
    let flags = section.sh_flags(endian);
    if !flags.contains(SHF_ALLOC | SHF_MERGE) {
        return false;
    }
    // SHF_STRINGS and an entry size describe how to merge. Without SHF_MERGE they have no meaning.
    section
        .sh_flags
        .set(endian, flags.without(SHF_MERGE | SHF_STRINGS));
    section.sh_entsize.set(endian, 0);
    true
}
