//! The journal of used slots. A damaged one is an error, or what a crash leaves: never a guard that has forgotten a slot.

use std::path::PathBuf;

use rand::RngExt;
use sheaf::xmss::file_slot_guard::{HEADER_BYTES, RECORD_BYTES};
use sheaf::xmss::{FileSlotGuard, GuardError, SlotGuard};
use sheaf::{PublicKey, TEST};
use tempfile::TempDir;

use crate::decoders::mutated;
use crate::measure::under_test;
use crate::{Rng, Run, Target, samples};

/// A journal file that is written anew for each input.
pub struct Journal {
    directory: TempDir,
    key: PublicKey,
    samples: Vec<Vec<u8>>,
}

impl Journal {
    /// Makes a few journals.
    ///
    /// # Panics
    /// If temporary files can't be written.
    #[must_use]
    pub fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let key = samples::signers(&TEST, 0, 1, 0, [0; 32])[0].0;
        // From record 19 on, records cross sectors of the disk.
        let samples = [0u32, 1, 3, 20, 60].map(|records| {
            let path = directory.path().join(records.to_string());
            let mut guard = FileSlotGuard::create(&TEST, &key, &path).expect("a journal");
            for slot in 0..records {
                let message = [slot as u8 + 1; 32];
                guard.reserve(slot, &message).expect("a free slot");
            }
            drop(guard);
            std::fs::read(path).expect("the journal")
        });
        Self {
            directory,
            key,
            samples: samples.into(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("journal")
    }

    fn open(&self) -> Result<FileSlotGuard, GuardError> {
        FileSlotGuard::open(&TEST, &self.key, &self.path())
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for Journal {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn block(&self) -> u64 {
        256
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        if rng.random_range(0..4) != 0 {
            return mutated(rng, &self.samples, 0);
        }
        // Whole records change places, are lost, or come twice; or the end is lost, as in a crash.
        let mut input = self.samples[rng.random_range(1..self.samples.len())].clone();
        let count = (input.len() - HEADER_BYTES) / RECORD_BYTES;
        let record = |index: usize| {
            let start = HEADER_BYTES + index * RECORD_BYTES;
            start..start + RECORD_BYTES
        };
        let (a, b) = (rng.random_range(0..count), rng.random_range(0..count));
        match rng.random_range(0..4) {
            0 => input.copy_within(record(a), record(b).start),
            1 => drop(input.drain(record(a))),
            2 => {
                let at = record(b).start;
                let copied = input[record(a)].to_vec();
                input.splice(at..at, copied);
            }
            _ => {
                let end = record(count - 1);
                let at = rng.random_range(end);
                match rng.random() {
                    true => input.truncate(at),
                    false => input[at..].fill(0),
                }
            }
        }
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        std::fs::write(self.path(), input).map_err(|error| error.to_string())?;
        let opened = under_test(input.len(), || self.open())?;
        let refused = match opened.value {
            Ok(guard) => {
                self.check_opened(guard, input)?;
                None
            }
            Err(error) => {
                let kind = match error {
                    GuardError::NotAJournal => "not a journal",
                    GuardError::OtherKey => "other key",
                    GuardError::Damaged { .. } => "damaged",
                    other => return Err(format!("the journal can't be opened: {other}")),
                };
                if self.content()? != input {
                    return Err("a journal that was refused has changed".to_owned());
                }
                Some(kind.into())
            }
        };
        Ok(Run {
            refused,
            peak: opened.peak,
        })
    }
}

impl Journal {
    fn content(&self) -> Result<Vec<u8>, String> {
        std::fs::read(self.path()).map_err(|error| error.to_string())
    }

    /// An opened journal is what it was, without a last record that a crash may have torn.
    fn check_opened(&self, mut guard: FileSlotGuard, input: &[u8]) -> Result<(), String> {
        let after = self.content()?;
        let records = after.len().saturating_sub(HEADER_BYTES) / RECORD_BYTES;
        if after.len() != HEADER_BYTES + records * RECORD_BYTES {
            return Err("an opened journal does not end with a record".to_owned());
        }
        if guard.used().len() != records {
            return Err("an opened journal has other slots than its file".to_owned());
        }
        let Some(cut) = input.strip_prefix(&after[..]) else {
            return Err("opening a journal changed its records".to_owned());
        };
        let torn = match cut.len() {
            0..RECORD_BYTES => true,
            RECORD_BYTES => {
                // On one side of a sector boundary, nothing was written.
                let boundary = after.len().next_multiple_of(512) - after.len();
                let (first, second) = cut.split_at(boundary.min(RECORD_BYTES));
                [first, second]
                    .iter()
                    .any(|part| !part.is_empty() && part.iter().all(|&byte| byte == 0))
                    || boundary == 0 && cut.iter().all(|&byte| byte == 0)
            }
            _ => false,
        };
        if !torn {
            return Err(format!("{} bytes of a journal were dropped", cut.len()));
        }
        for record in after[HEADER_BYTES..].chunks_exact(RECORD_BYTES) {
            let slot = u32::from_le_bytes([record[0], record[1], record[2], record[3]]);
            let mut message = [0; 32];
            message.copy_from_slice(&record[4..36]);
            if guard.used().message(slot) != Some(&message) {
                return Err(format!("slot {slot} was forgotten"));
            }
            message[5] ^= 1;
            if !matches!(
                guard.reserve(slot, &message),
                Err(GuardError::SlotUsed { .. })
            ) {
                return Err(format!("slot {slot} may be signed again"));
            }
        }
        Ok(())
    }
}
