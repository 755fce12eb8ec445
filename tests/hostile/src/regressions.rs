//! Inputs that once broke a promise, one file each: `TARGET.HASH.bin`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The directory in the repository.
#[must_use]
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions")
}

/// Keeps an input; returns the path of its file.
///
/// # Errors
/// If the file can't be written.
pub fn store(directory: &Path, target: &str, input: &[u8]) -> io::Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let hash = input.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = directory.join(format!("{target}.{hash:016x}.bin"));
    fs::write(&path, input)?;
    Ok(path)
}

/// All kept inputs, each with the name of its target and its path.
///
/// # Errors
/// If a file can't be read.
pub fn load(directory: &Path) -> io::Result<Vec<(String, PathBuf, Vec<u8>)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some((target, _)) = name.split_once('.')
            && name.ends_with(".bin")
        {
            all.push((target.to_owned(), path.clone(), fs::read(&path)?));
        }
    }
    all.sort();
    Ok(all)
}
