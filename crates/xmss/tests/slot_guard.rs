//! The journal of used slots: locking, binding to a key, torn records, and a signer that is killed at random moments.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::RngExt;
use sheaf_xmss::file_slot_guard::{HEADER_BYTES, RECORD_BYTES};
use sheaf_xmss::{
    FileSlotGuard, GuardError, KeyGenerator, MemorySlotGuard, PROD, PublicKey, SecretKey,
    SigningError, SigningKey, SlotGuard, TEST,
};

fn public_key(first: u32) -> PublicKey {
    let mut bytes = [0; 52];
    bytes[..4].copy_from_slice(&first.to_le_bytes());
    PublicKey::from_bytes(&bytes).unwrap()
}

fn open(path: &Path) -> Result<FileSlotGuard, GuardError> {
    FileSlotGuard::open_or_create(&TEST, &public_key(1), path)
}

/// A journal of three records, as bytes.
fn journal(path: &Path) -> Vec<u8> {
    let mut guard = open(path).unwrap();
    for slot in 0..3 {
        guard.reserve(slot, &[slot as u8; 32]).unwrap();
    }
    drop(guard);
    let bytes = std::fs::read(path).unwrap();
    assert_eq!(bytes.len(), HEADER_BYTES + 3 * RECORD_BYTES);
    bytes
}

#[test]
fn remembers_across_openings() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    journal(&path);
    let mut guard = open(&path).unwrap();
    assert_eq!(guard.used().len(), 3);
    guard.reserve(2, &[2; 32]).unwrap();
    assert!(matches!(
        guard.reserve(2, &[3; 32]),
        Err(GuardError::SlotUsed { slot: 2 })
    ));
    // A refusal is not a failure of the journal.
    guard.reserve(3, &[3; 32]).unwrap();
    // Nothing but the journal is left in the directory.
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn only_one_guard_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let guard = open(&path).unwrap();
    assert!(matches!(open(&path), Err(GuardError::Locked)));
    drop(guard);
    open(&path).unwrap();
}

#[test]
fn belongs_to_one_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    assert!(matches!(
        FileSlotGuard::open(&TEST, &public_key(1), &path),
        Err(GuardError::Io(_))
    ));
    drop(open(&path).unwrap());
    for (scheme, key) in [(&TEST, public_key(2)), (&PROD, public_key(1))] {
        let result = FileSlotGuard::open_or_create(scheme, &key, &path);
        assert!(matches!(result, Err(GuardError::OtherKey)));
    }
    std::fs::write(&path, [0; 200]).unwrap();
    assert!(matches!(open(&path), Err(GuardError::NotAJournal)));
    std::fs::write(&path, []).unwrap();
    assert!(matches!(open(&path), Err(GuardError::NotAJournal)));
}

#[test]
fn a_torn_last_record_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let bytes = journal(&path);
    for length in HEADER_BYTES..=bytes.len() {
        std::fs::write(&path, &bytes[..length]).unwrap();
        let mut guard = open(&path).unwrap();
        let kept = (length - HEADER_BYTES) / RECORD_BYTES;
        assert_eq!(guard.used().len(), kept);
        guard.reserve(9, &[9; 32]).unwrap();
        drop(guard);
        assert_eq!(open(&path).unwrap().used().len(), kept + 1);
    }
    // Length extended before the contents were written.
    let mut zeros = bytes.clone();
    zeros[HEADER_BYTES + 2 * RECORD_BYTES..].fill(0);
    std::fs::write(&path, &zeros).unwrap();
    assert_eq!(open(&path).unwrap().used().len(), 2);
}

/// Of a record that crosses from one sector of the disk to the next, either part may be lost.
#[test]
fn a_record_torn_between_two_sectors_is_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let mut guard = open(&path).unwrap();
    for slot in 0..20 {
        guard.reserve(slot, &[slot as u8 + 1; 32]).unwrap();
    }
    drop(guard);
    let bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - RECORD_BYTES;
    let boundary = 1024;
    assert!(last < boundary && boundary < bytes.len());
    for lost in [last..boundary, boundary..bytes.len(), last..bytes.len()] {
        let mut torn = bytes.clone();
        torn[lost].fill(0);
        std::fs::write(&path, &torn).unwrap();
        assert_eq!(open(&path).unwrap().used().len(), 19);
    }
    // Other parts are not lost in a crash: this record was whole once, and its signature may be anywhere.
    for lost in [
        last..boundary - 1,
        boundary - 1..boundary,
        boundary + 1..bytes.len(),
    ] {
        let mut damaged = bytes.clone();
        damaged[lost].fill(0);
        std::fs::write(&path, &damaged).unwrap();
        assert!(matches!(
            open(&path),
            Err(GuardError::Damaged { record: 19 })
        ));
    }
}

#[test]
fn damage_that_no_crash_explains_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let bytes = journal(&path);
    // Every byte, those of the last record included.
    for at in 0..bytes.len() {
        for damaged in [bytes[at] ^ 0x20, !bytes[at]] {
            let mut bad = bytes.clone();
            bad[at] = damaged;
            std::fs::write(&path, &bad).unwrap();
            match open(&path) {
                Err(GuardError::NotAJournal) => assert!(at < HEADER_BYTES),
                Err(GuardError::Damaged { record }) => {
                    assert_eq!(record as usize, (at - HEADER_BYTES) / RECORD_BYTES);
                }
                other => panic!("byte {at}: {other:?}"),
            }
            // Refusing a journal leaves it as it is, for whoever has to find out.
            assert_eq!(std::fs::read(&path).unwrap(), bad);
        }
    }
    for length in 0..HEADER_BYTES {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(matches!(open(&path), Err(GuardError::NotAJournal)));
    }
    // A damaged record is not the last one if part of another record follows.
    let mut bad = bytes[..HEADER_BYTES + 2 * RECORD_BYTES + 5].to_vec();
    bad[HEADER_BYTES + RECORD_BYTES] ^= 1;
    std::fs::write(&path, &bad).unwrap();
    assert!(matches!(
        open(&path),
        Err(GuardError::Damaged { record: 1 })
    ));
    // Records that changed places.
    let mut bad = bytes.clone();
    bad.copy_within(
        HEADER_BYTES..HEADER_BYTES + RECORD_BYTES,
        HEADER_BYTES + RECORD_BYTES,
    );
    std::fs::write(&path, &bad).unwrap();
    assert!(matches!(
        open(&path),
        Err(GuardError::Damaged { record: 1 })
    ));
}

#[test]
fn guards_in_memory() {
    let (_, secret_key) = KeyGenerator::new(&TEST, 0, 32)
        .unwrap()
        .generate(&mut rand::rng());
    let mut key = SigningKey::new(secret_key, MemorySlotGuard::new());
    let signature = key.sign(3, &[1; 32]).unwrap();
    assert_eq!(key.sign(3, &[1; 32]).unwrap(), signature);
    let refused = key.sign(3, &[2; 32]);
    assert!(matches!(
        refused,
        Err(SigningError::Guard(GuardError::SlotUsed { slot: 3 }))
    ));
    // A slot at which the key can't sign is not used up.
    assert!(matches!(key.sign(40, &[2; 32]), Err(SigningError::Key(_))));
    assert_eq!(key.guard().len(), 1);
}

const CHILD_DIRECTORY: &str = "SHEAF_XMSS_KILLED_SIGNER_DIRECTORY";

/// The process that is killed: signs random messages at random slots, and prints those whose signature it has.
#[test]
#[ignore = "run by `a_killed_signer_never_signs_a_slot_twice`"]
fn killed_signer() {
    let Some(directory) = std::env::var_os(CHILD_DIRECTORY) else {
        return;
    };
    let directory = Path::new(&directory);
    let encoded = std::fs::read(directory.join("key")).unwrap();
    let secret_key = SecretKey::from_bytes(&TEST, &encoded).unwrap();
    let guard =
        FileSlotGuard::open_or_create(&TEST, &secret_key.public_key(), &directory.join("journal"))
            .unwrap();
    let mut key = SigningKey::new(secret_key, guard);
    let mut rng = rand::rng();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nready").unwrap();
    loop {
        let slot = rng.random_range(0..32);
        let message: [u8; 32] = rng.random();
        if let Ok(signature) = key.sign(slot, &message) {
            // The newline comes first and last: a line that is cut off must not be taken for a whole one.
            let (message, signature) = (hex::encode(message), hex::encode(signature.to_bytes()));
            write!(out, "\nreleased {slot} {message} {signature} .\n").unwrap();
            out.flush().unwrap();
        }
    }
}

/// Kills the signer with SIGKILL, 200 times or as often as `SHEAF_XMSS_KILLS` says.
#[test]
fn a_killed_signer_never_signs_a_slot_twice() {
    let kills: usize = std::env::var("SHEAF_XMSS_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(200);
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (public_key, secret_key) = KeyGenerator::new(&TEST, 0, 32)
        .unwrap()
        .generate(&mut rand::rng());
    let encoded = secret_key.to_bytes();
    std::fs::write(path("key"), &*encoded).unwrap();

    // For each slot, the message and the signature that left the signer, in hexadecimal digits.
    let mut released: HashMap<u32, (String, String)> = HashMap::new();
    let mut signatures = 0;
    for _ in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "killed_signer", "--nocapture"])
            .env(CHILD_DIRECTORY, directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        assert!(lines.any(|line| line == "ready"));
        std::thread::sleep(Duration::from_micros(rand::rng().random_range(0..20_000)));
        child.kill().unwrap();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            if let ["released", slot, message, signature, "."] = words[..] {
                signatures += 1;
                let new = (message.to_owned(), signature.to_owned());
                let first = released
                    .entry(slot.parse().unwrap())
                    .or_insert_with(|| new.clone());
                assert_eq!(*first, new, "two signatures at slot {slot}");
            }
        }
        let status = child.wait().unwrap();
        if cfg!(unix) {
            assert_eq!(status.code(), None, "the signer ended by itself: {status}");
        }

        // After a restart, each of the slots signs its message again, and no other one.
        let guard = FileSlotGuard::open(&TEST, &public_key, &path("journal")).unwrap();
        let secret_key = SecretKey::from_bytes(&TEST, &encoded).unwrap();
        let mut key = SigningKey::new(secret_key, guard);
        for (i, (&slot, (message, signature))) in released.iter().enumerate() {
            let mut bytes = [0; 32];
            hex::decode_to_slice(message, &mut bytes).unwrap();
            let again = key.sign(slot, &bytes).unwrap();
            assert_eq!(hex::encode(again.to_bytes()), *signature);
            bytes[i % 32] ^= 1 << (i % 8);
            assert!(matches!(
                key.sign(slot, &bytes),
                Err(SigningError::Guard(GuardError::SlotUsed { slot: refused })) if refused == slot
            ));
        }
        if key.guard().used().len() > 16 {
            // Few slots are left. What follows is another life of the key.
            std::fs::remove_file(path("journal")).unwrap();
            released.clear();
        }
    }
    assert!(
        kills < 10 || signatures > kills / 10,
        "{signatures} signatures in {kills} lives of the signer"
    );
}
