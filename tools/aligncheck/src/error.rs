//! Why a file can't be checked or protected.

use thiserror::Error;

/// Why a file can't be checked or protected. Every message is one line and leaves the naming of the file to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The file does not begin as an ELF file does.
    #[error("not an ELF file")]
    NotElf,
    /// The file is for another processor.
    #[error("not a 64-bit x86-64 ELF file")]
    NotX86_64,
    /// The file is an object, a core dump or something else that has no final addresses.
    #[error("neither an executable nor a shared library; addresses are final only after linking")]
    NotLinked,
    /// No part of the file is executable; separate debug files are like that.
    #[error("holds no code")]
    NoCode,
    /// The file claims to hold more code than it has bytes, or has two pieces of code at one address.
    #[error("pieces of code overlap")]
    OverlappingCode,
    /// A section or segment reaches beyond the end of the address space.
    #[error("a section or segment wraps around the address space")]
    AddressOverflow,
    /// A segment is not within the file.
    #[error("a segment reaches beyond the end of the file")]
    SegmentOutside,
    /// A section header names other bytes of the file than are loaded at its address.
    #[error("a section of code is not what is loaded at its address")]
    SectionElsewhere,
    /// Headers, sections or symbols can't be read.
    #[error("not a readable ELF file: {0}")]
    Elf(#[from] object::read::Error),
    /// The file is not an archive of the `ar` format, or is a broken one.
    #[error("not a readable static archive: {0}")]
    Archive(object::read::Error),
    /// A thin archive only names its objects.
    #[error("a thin archive holds no objects that could be changed")]
    ThinArchive,
    /// There is no ELF object in the archive.
    #[error("the archive holds no ELF object")]
    NoObjects,
    /// A member of the archive is an ELF file that can't be read.
    #[error("member {member}: {reason}")]
    Member {
        /// The member's name, as far as it is UTF-8.
        member: String,
        /// What is wrong with it.
        reason: object::read::Error,
    },
    /// A member is an ELF file, but not a 64-bit relocatable object.
    #[error("member {member} is not a 64-bit relocatable ELF object")]
    MemberKind {
        /// The member's name, as far as it is UTF-8.
        member: String,
    },
    /// A member is LLVM bitcode: its sections come into being in the consumer's link, out of reach.
    #[error(
        "member {member} is LLVM bitcode, which has no sections yet; build the archive without linker-plugin LTO"
    )]
    Bitcode {
        /// The member's name, as far as it is UTF-8.
        member: String,
    },
    /// A member holds code for the linker's compiler, which replaces its sections in the consumer's link.
    #[error(
        "member {member} holds code for link-time optimisation in section {section}; build without it, or remove those sections from an object that has machine code too"
    )]
    LinkTimeCode {
        /// The member's name, as far as it is UTF-8.
        member: String,
        /// The section's name, as far as it is UTF-8.
        section: String,
    },
    /// A member is an archive itself, whose objects would stay as they are.
    #[error("member {member} is an archive itself")]
    Nested {
        /// The member's name, as far as it is UTF-8.
        member: String,
    },
}
