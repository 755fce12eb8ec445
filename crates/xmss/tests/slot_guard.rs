//! The journal of used slots: locking, binding to a key, torn records, and a signer that is killed at random moments.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::RngExt;
use sheaf_xmss::file_slot_guard::{HEADER_BYTES, RECORD_BYTES};
use sheaf_xmss::{
    FileSlotGuard, GuardError, JournalSummary, KeyGenerator, MemorySlotGuard, PROD, PublicKey,
    SecretKey, SigningError, SigningKey, SlotGuard, TEST,
};

fn public_key(first: u32) -> PublicKey {
    let mut bytes = [0; 52];
    bytes[..4].copy_from_slice(&first.to_le_bytes());
    PublicKey::from_bytes(&TEST, &bytes).unwrap()
}

fn open(path: &Path) -> Result<FileSlotGuard, GuardError> {
    open_or_create(&public_key(1), path)
}

/// A test's key may begin anew.
///
/// A test beside this one starts processes, and between fork and exec each of them holds all locks of this one. So a lock
/// counts only if it stays.
fn open_or_create(key: &PublicKey, path: &Path) -> Result<FileSlotGuard, GuardError> {
    let open = || match FileSlotGuard::open(&TEST, key, path) {
        Err(GuardError::Io(error)) if error.kind() == ErrorKind::NotFound => {
            FileSlotGuard::create(&TEST, key, path)
        }
        result => result,
    };
    for _ in 0..50 {
        match open() {
            Err(GuardError::Locked) => std::thread::sleep(Duration::from_millis(5)),
            result => return result,
        }
    }
    open()
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
        let result = FileSlotGuard::open(scheme, &key, &path);
        assert!(matches!(result, Err(GuardError::OtherKey)));
    }
    std::fs::write(&path, [0; 200]).unwrap();
    assert!(matches!(open(&path), Err(GuardError::NotAJournal)));
    std::fs::write(&path, []).unwrap();
    assert!(matches!(open(&path), Err(GuardError::NotAJournal)));
}

#[test]
fn a_journal_is_created_once() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let create = || FileSlotGuard::create(&TEST, &public_key(1), &path);
    let mut guard = create().unwrap();
    guard.reserve(3, &[3; 32]).unwrap();
    let exists = |result| matches!(result, Err(GuardError::Io(error)) if error.kind() == ErrorKind::AlreadyExists);
    assert!(exists(create()));
    drop(guard);
    assert!(exists(create()));
    assert!(is_used(&open(&path).unwrap(), 3));
    #[cfg(unix)]
    {
        // A link that leads nowhere is something, too.
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(directory.path().join("nothing"), &path).unwrap();
        assert!(exists(create()));
    }
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
    for slot in 0..19 {
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
        assert_eq!(open(&path).unwrap().used().len(), 18);
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
            Err(GuardError::Damaged { record: 18 })
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
    let mut key = SigningKey::new(secret_key, MemorySlotGuard::new()).unwrap();
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

#[test]
fn a_guard_signs_with_one_key() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let generator = KeyGenerator::new(&TEST, 0, 32).unwrap();
    let key = || generator.generate_from(&[1; 32]);
    let (public_key, secret_key) = key();
    let guard = || open_or_create(&public_key, &path).unwrap();

    // Another key, with this key's journal.
    let (_, other) = generator.generate_from(&[2; 32]);
    let refused = SigningKey::new(other, guard());
    assert!(matches!(refused, Err(GuardError::OtherKey)));
    assert_eq!(JournalSummary::read(&path).unwrap().fingerprint(), None);

    // The first use binds it.
    let fingerprint = secret_key.identity().fingerprint;
    let mut signer = SigningKey::new(secret_key, guard()).unwrap();
    signer.sign(5, &[1; 32]).unwrap();
    drop(signer);
    let summary = JournalSummary::read(&path).unwrap();
    assert_eq!(summary.fingerprint(), Some(&fingerprint));

    // A key whose PRF key is not what it was, or was made for another public key.
    let mut bytes = key().1.to_bytes();
    bytes[0] ^= 1;
    let damaged = SecretKey::from_bytes(&TEST, &bytes).unwrap();
    assert_eq!(damaged.public_key(), public_key);
    let refused = SigningKey::new(damaged, guard());
    assert!(matches!(refused, Err(GuardError::OtherKey)));
    let mut signer = SigningKey::new(key().1, guard()).unwrap();
    assert!(signer.sign(5, &[2; 32]).is_err());

    let mut memory = MemorySlotGuard::new();
    memory.bind(&key().1.identity()).unwrap();
    memory.bind(&key().1.identity()).unwrap();
    let other = generator.generate_from(&[2; 32]).1.identity();
    assert!(matches!(memory.bind(&other), Err(GuardError::OtherKey)));
}

/// Whether a slot counts as used, for a message that was not signed at it.
fn is_used(guard: &FileSlotGuard, slot: u32) -> bool {
    let message = std::array::from_fn(|i| i as u8 ^ 0xee);
    match guard.check(slot, &message) {
        Ok(()) => false,
        Err(GuardError::SlotUsed { .. } | GuardError::BelowFloor { .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[cfg(unix)]
#[test]
fn the_floor_follows_what_is_signed_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let (path, link) = (
        directory.path().join("journal"),
        directory.path().join("link"),
    );
    std::os::unix::fs::symlink(&path, &link).unwrap();
    std::fs::set_permissions(
        directory.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )
    .unwrap();
    drop(open(&path).unwrap());
    let mode = |mode| {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(&path, permissions).unwrap();
    };
    mode(0o640);
    // A leftover of a compaction that was interrupted.
    std::fs::write(directory.path().join("journal.new"), "anything").unwrap();
    let mut guard = open(&link).unwrap();
    for slot in 0..1000u32 {
        guard.reserve(slot, &[slot as u8; 32]).unwrap();
        assert_eq!(guard.last(), Some(slot));
        // One window behind, or at most half a window more.
        let behind = u64::from(slot) + 1 - guard.floor();
        assert!(behind <= 48 && (guard.floor() == 0 || behind >= 32));
        assert!(
            std::fs::metadata(&path).unwrap().len() <= (HEADER_BYTES + 48 * RECORD_BYTES) as u64
        );
        if slot % 50 == 0 {
            // The lock is that of the file which has the name now.
            assert!(matches!(open(&path), Err(GuardError::Locked)));
            drop(guard);
            guard = open(&link).unwrap();
            assert_eq!(guard.last(), Some(slot));
            assert!((0..=slot).all(|slot| is_used(&guard, slot)));
            assert!(!is_used(&guard, slot + 1));
        }
    }
    let floor = guard.floor();
    assert!(matches!(
        guard.reserve(floor as u32 - 1, &[floor as u8 - 1; 32]),
        Err(GuardError::BelowFloor { .. })
    ));
    // At the floor the message is known.
    guard.reserve(floor as u32, &[floor as u8; 32]).unwrap();
    assert!(link.symlink_metadata().unwrap().is_symlink());
    let permissions = std::fs::metadata(&path).unwrap().permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777,
        0o640
    );
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn a_far_slot_signed_by_mistake_leaves_the_slots_before_it_free() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let mut guard = open(&path).unwrap();
    // Some at the very first, and some later.
    for slot in (9000..9005).chain(0..60).chain(5000..5030).chain(60..200) {
        guard.reserve(slot, &[1; 32]).unwrap();
        assert!(guard.floor() <= 200);
    }
    assert!(guard.floor() >= 160 || cfg!(not(unix)));
    drop(guard);
    let guard = open(&path).unwrap();
    for slot in 0..10_000 {
        let used = slot < 200 || (5000..5030).contains(&slot) || (9000..9005).contains(&slot);
        assert_eq!(is_used(&guard, slot), used, "slot {slot}");
    }
}

#[cfg(unix)]
#[test]
fn the_floor_rises_by_an_explicit_word() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let mut guard = open(&path).unwrap();
    for slot in [3, 700, 705, 701] {
        guard.reserve(slot, &[1; 32]).unwrap();
    }
    guard.raise_floor(702).unwrap();
    assert_eq!(
        (guard.floor(), guard.used().len(), guard.last()),
        (702, 1, Some(705))
    );
    // It never falls.
    guard.raise_floor(5).unwrap();
    guard.reserve(710, &[1; 32]).unwrap();
    drop(guard);
    let mut guard = open(&path).unwrap();
    assert_eq!(
        (guard.floor(), guard.used().len(), guard.last()),
        (702, 2, Some(710))
    );
    assert!(is_used(&guard, 702 - 1) && !is_used(&guard, 702) && is_used(&guard, 705));
    guard.raise_floor(1 << 32).unwrap();
    drop(guard);
    assert!(is_used(&open(&path).unwrap(), u32::MAX));
}

#[cfg(unix)]
#[test]
fn a_journal_with_several_names_is_not_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let mut guard = open(&path("journal")).unwrap();
    std::fs::hard_link(path("journal"), path("other")).unwrap();
    for slot in 0..100 {
        guard.reserve(slot, &[1; 32]).unwrap();
    }
    assert!(matches!(
        guard.raise_floor(50),
        Err(GuardError::SeveralNames)
    ));
    assert_eq!((guard.floor(), guard.used().len()), (0, 100));
    drop(guard);
    assert!(is_used(&open(&path("other")).unwrap(), 99));
    std::fs::remove_file(path("other")).unwrap();
    let mut guard = open(&path("journal")).unwrap();
    guard.reserve(100, &[1; 32]).unwrap();
    assert_eq!(guard.floor(), 69);
}

/// The file under the new name can't be made, as on a full disk.
#[cfg(unix)]
#[test]
fn a_journal_that_cannot_be_replaced_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let obstacle = directory.path().join("journal.new");
    std::fs::create_dir(&obstacle).unwrap();
    let mut guard = open(&path).unwrap();
    for slot in 0..100 {
        guard.reserve(slot, &[1; 32]).unwrap();
    }
    assert!(matches!(guard.raise_floor(50), Err(GuardError::Io(_))));
    assert_eq!((guard.floor(), guard.used().len()), (0, 100));
    std::fs::remove_dir(&obstacle).unwrap();
    for slot in 100..110 {
        guard.reserve(slot, &[1; 32]).unwrap();
    }
    assert!(guard.floor() >= 68);
}

#[cfg(unix)]
#[test]
fn a_journal_that_another_program_moves_or_changes_is_noticed() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let changed = |guard: &mut FileSlotGuard| {
        let changed = guard.reserve(60, &[1; 32]);
        assert!(matches!(changed, Err(GuardError::Changed)), "{changed:?}");
        let later = guard.reserve(61, &[1; 32]);
        assert!(matches!(later, Err(GuardError::Poisoned)));
    };
    // Moved, so that a second guard can be made under the old name.
    let mut guard = open(&path("journal")).unwrap();
    guard.reserve(1, &[1; 32]).unwrap();
    std::fs::rename(path("journal"), path("moved")).unwrap();
    let mut second = open(&path("journal")).unwrap();
    second.reserve(50, &[2; 32]).unwrap();
    changed(&mut guard);
    drop((guard, second));
    // Removed.
    let mut guard = open(&path("moved")).unwrap();
    std::fs::remove_file(path("moved")).unwrap();
    changed(&mut guard);
    // Written to, or cut.
    for length in [1, -1] {
        let mut guard = open(&path("journal")).unwrap();
        let file = std::fs::File::options()
            .write(true)
            .open(path("journal"))
            .unwrap();
        let before = file.metadata().unwrap().len();
        file.set_len(before.checked_add_signed(length).unwrap())
            .unwrap();
        changed(&mut guard);
        file.set_len(before).unwrap();
    }
}

/// Each signer opens the journal, signs the slot after the last one, and closes it. A signer that gets the lock of a file which
/// has been replaced meanwhile would sign a slot again.
#[cfg(unix)]
#[test]
fn whoever_locks_a_journal_that_was_replaced_notices() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    drop(open(&path).unwrap());
    let signed = std::sync::Mutex::new(std::collections::HashSet::new());
    std::thread::scope(|scope| {
        for signer in 0..4 {
            let (path, signed) = (&path, &signed);
            scope.spawn(move || {
                for round in 0..400u32 {
                    let mut guard = loop {
                        match FileSlotGuard::open(&TEST, &public_key(1), path) {
                            Err(GuardError::Locked) => std::thread::yield_now(),
                            result => break result.unwrap(),
                        }
                    };
                    let slot = guard.last().map_or(0, |last| last + 1);
                    let message = [[signer; 4], round.to_le_bytes()].concat().repeat(4);
                    guard.reserve(slot, &message.try_into().unwrap()).unwrap();
                    assert!(signed.lock().unwrap().insert(slot), "slot {slot} again");
                }
            });
        }
    });
    let guard = open(&path).unwrap();
    assert_eq!(guard.last(), Some(1599));
    assert!(guard.floor() >= 1560);
}

const CHILD_DIRECTORY: &str = "SHEAF_XMSS_KILLED_SIGNER_DIRECTORY";

/// Slots of the key that is killed.
const SLOTS: u32 = 256;

/// The process that is killed: signs random messages at slots that are random but go on, and prints those whose signature it
/// has. The floor rises every few signatures.
#[test]
#[ignore = "run by `a_killed_signer_never_signs_a_slot_twice`"]
fn killed_signer() {
    let Some(directory) = std::env::var_os(CHILD_DIRECTORY) else {
        return;
    };
    let directory = Path::new(&directory);
    let encoded = std::fs::read(directory.join("key")).unwrap();
    let secret_key = SecretKey::from_bytes(&TEST, &encoded).unwrap();
    let guard = open_or_create(&secret_key.public_key(), &directory.join("journal")).unwrap();
    let mut key = SigningKey::new(secret_key, guard).unwrap();
    let mut rng = rand::rng();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nready").unwrap();
    loop {
        let next = key.guard().used().slots().last().map_or(0, |last| last + 1);
        let slot = rng
            .random_range(next.saturating_sub(12)..next + 2)
            .min(SLOTS - 1);
        let message: [u8; 32] = rng.random();
        let before = key.guard().floor();
        key.skip_to(slot).unwrap();
        if let Ok(signature) = key.sign(slot, &message) {
            // The newline comes first and last: a line that is cut off must not be taken for a whole one.
            let (message, signature) = (hex::encode(message), hex::encode(signature.to_bytes()));
            write!(out, "\nreleased {slot} {message} {signature} .\n").unwrap();
            out.flush().unwrap();
        }
        if key.guard().floor() > before {
            write!(out, "\nrisen .\n").unwrap();
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
    let (public_key, secret_key) = KeyGenerator::new(&TEST, 0, SLOTS.into())
        .unwrap()
        .generate(&mut rand::rng());
    let encoded = secret_key.to_bytes();
    std::fs::write(path("key"), &*encoded).unwrap();

    // For each slot, the message and the signature that left the signer, in hexadecimal digits.
    let mut released: HashMap<u32, (String, String)> = HashMap::new();
    let (mut signatures, mut rises, mut below) = (0, 0, 0);
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
            rises += usize::from(words == ["risen", "."]);
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
        let mut key = SigningKey::new(secret_key, guard).unwrap();
        for (used, (&slot, (message, signature))) in released.iter().enumerate() {
            let mut bytes = [0; 32];
            hex::decode_to_slice(message, &mut bytes).unwrap();
            key.skip_to(slot).unwrap();
            let again = key.sign(slot, &bytes);
            if u64::from(slot) < key.guard().floor() {
                below += 1;
                assert!(matches!(
                    again,
                    Err(SigningError::Guard(GuardError::BelowFloor { slot: refused, .. })) if refused == slot
                ));
                continue;
            }
            assert_eq!(hex::encode(again.unwrap().to_bytes()), *signature);
            bytes[used % 32] ^= 1 << (used % 8);
            assert!(matches!(
                key.sign(slot, &bytes),
                Err(SigningError::Guard(GuardError::SlotUsed { slot: refused })) if refused == slot
            ));
        }
        if key.guard().used().slots().last() > Some(SLOTS - 16) {
            // Few slots are left. What follows is another life of the key.
            std::fs::remove_file(path("journal")).unwrap();
            released.clear();
        }
    }
    assert!(
        kills < 10 || signatures > kills / 10,
        "{signatures} signatures in {kills} lives of the signer"
    );
    println!("{signatures} signatures, the floor rose {rises} times, {below} slots were below it");
    assert!(
        kills < 100 || cfg!(not(unix)) || (rises > kills / 20 && below > 0),
        "the floor rose {rises} times"
    );
}
