//! `verify`, under hostile claims and hostile aggregates.
//!
//! An input is a statement and the bytes of an aggregate:
//! `scheme id ‖ groups u32 ‖ groups × (slot u32 ‖ message 32 ‖ n u32 ‖ n × key 52) ‖ aggregate`.

use std::collections::HashSet;
use std::fmt::Write;
use std::time::Duration;

use rand::RngExt;
use sheaf::{
    Aggregate, Batch, COMPACT, COMPACT_TEST, Claims, Error, Form, Group, HEADER_BYTES, Options,
    PROD, Prover, PublicKey, Rate, Rejection, Scheme, SignedGroup, TEST, verify,
};

use crate::measure::under_test;
use crate::opening::{Section, sections};
use crate::{Rng, Run, Target, bytes, elements, samples};

/// How many times as long as an honest aggregate any other one may take.
pub const MAX_SLOWDOWN: u32 = 4;

/// What the clock may add to any measurement.
const CLOCK: Duration = Duration::from_micros(200);

/// An honest aggregate.
struct Sample {
    scheme: Scheme,
    groups: Vec<Group>,
    aggregate: Vec<u8>,
    /// None in a list of signatures.
    opening: Vec<Section>,
    /// How long its verification took when the target was made.
    time: Duration,
}

/// The target.
pub struct Verification {
    samples: Vec<Sample>,
    /// The honest inputs, in canonical form.
    honest: HashSet<Vec<u8>>,
}

impl Verification {
    /// Proves a few batches.
    ///
    /// # Panics
    /// If they can't be proved.
    #[must_use]
    pub fn new() -> Self {
        let prover = Prover::new(0).expect("threads");
        let made = |scheme: Scheme, sizes: &[u8], salt: u8| {
            let mut batch = Batch::new(scheme);
            for (group, &size) in sizes.iter().enumerate() {
                let slot = 200 - 7 * group as u32;
                batch.push(samples::batch_file(
                    &scheme,
                    salt + group as u8,
                    size.into(),
                    slot,
                ));
            }
            batch
        };
        let prod = |files: &[usize]| {
            let mut batch = Batch::new(PROD);
            for &file in files {
                let mut file = SignedGroup::from(samples::vectors()[file].clone());
                file.signers.truncate(2);
                batch.push(file);
            }
            batch
        };
        let proof = Options::proof;
        // The first two have proofs of one shape, for different statements.
        let batches = [
            (made(TEST, &[1], 0), proof(Rate::Half)),
            (made(TEST, &[1], 10), proof(Rate::Half)),
            (made(TEST, &[1], 0), proof(Rate::Sixteenth)),
            (made(TEST, &[3, 2], 20), proof(Rate::Quarter)),
            (prod(&[0]), proof(Rate::Half)),
            (prod(&[0, 1]), proof(Rate::Eighth)),
            (made(COMPACT_TEST, &[1], 0), proof(Rate::Half)),
            (made(COMPACT_TEST, &[3, 2], 20), proof(Rate::Quarter)),
            (made(COMPACT, &[2], 30), proof(Rate::Half)),
            (made(TEST, &[1], 10), Options::raw()),
            (made(TEST, &[3, 2], 20), Options::raw()),
            (prod(&[0, 1]), Options::raw()),
            (made(COMPACT_TEST, &[3, 2], 20), Options::raw()),
        ];
        let samples: Vec<Sample> = batches
            .iter()
            .map(|(batch, options)| {
                let aggregate = prover.aggregate(batch, *options).expect("a valid batch");
                let claims = batch.claims();
                let form = aggregate.form();
                let aggregate = aggregate.to_bytes();
                Sample {
                    scheme: *batch.scheme(),
                    opening: match form {
                        Form::Raw => Vec::new(),
                        _ => sections(&claims, &aggregate),
                    },
                    time: shortest(&claims, &aggregate),
                    groups: claims.groups().to_vec(),
                    aggregate,
                }
            })
            .collect();
        let honest = samples
            .iter()
            .map(|s| canonical(&s.scheme, &s.groups, &s.aggregate))
            .collect();
        Self { samples, honest }
    }

    /// Sections of the opening of every sample that is a proof.
    #[must_use]
    pub fn openings(&self) -> Vec<&[Section]> {
        let openings = self.samples.iter().map(|s| &s.opening[..]);
        openings.filter(|opening| !opening.is_empty()).collect()
    }

    fn other(&self, rng: &mut Rng) -> &Sample {
        &self.samples[rng.random_range(0..self.samples.len())]
    }

    /// The longest time that an honest aggregate of the scheme takes.
    fn honest_time(&self, scheme: &Scheme) -> Duration {
        self.samples
            .iter()
            .filter(|sample| sample.scheme == *scheme)
            .map(|sample| shortest(&claims(&sample.scheme, &sample.groups), &sample.aggregate))
            .max()
            .unwrap_or_default()
    }
}

impl Default for Verification {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for Verification {
    fn name(&self) -> &'static str {
        "verify"
    }

    fn block(&self) -> u64 {
        64
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        let sample = &self.samples[rng.random_range(0..self.samples.len())];
        let mut groups = sample.groups.clone();
        let mut aggregate = sample.aggregate.clone();
        let mut scheme = sample.scheme;
        let other = self.other(rng);
        match rng.random_range(0..20) {
            0..3 => {
                for _ in 0..bytes::pick(rng, &[1, 1, 2, 3]) {
                    mutate_claims(rng, &mut groups, &other.groups);
                }
                if rng.random_range(0..8) == 0 {
                    scheme = other.scheme;
                }
            }
            3 => {
                let at = rng.random_range(0..HEADER_BYTES);
                aggregate[at] = bytes::pick(rng, &[0, 1, 2, 3, 4, 5, 0x7f, 0xff]);
            }
            4 => {
                let pool = [other.aggregate.clone()];
                bytes::mutate(rng, &mut aggregate, &pool);
            }
            5 => {
                let count = rng.random_range(0..2 * aggregate.len() / 4);
                aggregate.truncate(HEADER_BYTES);
                aggregate.extend(elements::random(rng, count));
            }
            10..12 if !sample.opening.is_empty() && !other.opening.is_empty() => {
                splice(rng, &mut aggregate, &sample.opening, other);
            }
            12.. if !sample.opening.is_empty() => {
                let section = &sample.opening[rng.random_range(0..sample.opening.len())];
                let place = section.elements.clone();
                elements::mutate(rng, &mut aggregate, HEADER_BYTES, place, &other.aggregate);
            }
            _ => {
                for _ in 0..bytes::pick(rng, &[1, 1, 2, 3]) {
                    if aggregate.len().is_multiple_of(4) {
                        let everywhere = 0..usize::MAX;
                        let other = &other.aggregate;
                        elements::mutate(rng, &mut aggregate, HEADER_BYTES, everywhere, other);
                    }
                }
            }
        }
        encode(&scheme, &groups, &aggregate)
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let Some((scheme, groups, aggregate)) = decode(input) else {
            return Err("the input is not one of this target".to_owned());
        };
        let claims = claims(&scheme, &groups);
        let check = || -> Result<(), Error> { verify(&claims, &Aggregate::from_bytes(aggregate)?) };
        let verified = under_test(input.len(), check)?;
        let refused = match verified.value {
            Ok(()) => {
                if !self
                    .honest
                    .contains(&canonical(&scheme, &groups, aggregate))
                {
                    return Err("an aggregate that nobody proved was accepted".to_owned());
                }
                None
            }
            Err(error) => Some(kind(&error).into()),
        };
        // Statements of all inputs are about as large as those of the samples, hence one bound for each scheme.
        if groups.iter().map(|g| g.keys.len()).sum::<usize>() <= 16 {
            self.check_time(&scheme, &claims, aggregate, verified.time)?;
        }
        Ok(Run {
            refused,
            peak: verified.peak,
        })
    }
}

impl Verification {
    fn check_time(
        &self,
        scheme: &Scheme,
        claims: &Claims,
        aggregate: &[u8],
        time: Duration,
    ) -> Result<(), String> {
        let of_scheme = self.samples.iter().filter(|s| s.scheme == *scheme);
        let usual = of_scheme.map(|s| s.time).max().unwrap_or_default();
        if time <= usual * MAX_SLOWDOWN {
            return Ok(());
        }
        // The thread may have been interrupted. Both sides have as many attempts.
        let honest = self.honest_time(scheme);
        let limit = honest * MAX_SLOWDOWN + CLOCK;
        if time > limit {
            let best = shortest(claims, aggregate);
            if best > limit {
                return Err(format!(
                    "verification took {best:?}, that of an honest aggregate {honest:?}"
                ));
            }
        }
        Ok(())
    }
}

/// The shortest of several verifications.
fn shortest(claims: &Claims, aggregate: &[u8]) -> Duration {
    (0..5)
        .filter_map(|_| {
            let check = || Aggregate::from_bytes(aggregate).map(|a| verify(claims, &a).is_ok());
            under_test(usize::MAX >> 8, check).ok().map(|m| m.time)
        })
        .min()
        .unwrap_or_default()
}

/// Changes whole messages of an opening: loses them, repeats them, takes them from another proof.
fn splice(rng: &mut Rng, aggregate: &mut Vec<u8>, opening: &[Section], other: &Sample) {
    let bytes = |section: &Section| {
        HEADER_BYTES + 4 * section.elements.start..HEADER_BYTES + 4 * section.elements.end
    };
    let section = bytes(&opening[rng.random_range(0..opening.len())]);
    let others = bytes(&other.opening[rng.random_range(0..other.opening.len())]);
    match rng.random_range(0..7) {
        0 => drop(aggregate.drain(section)),
        1 => {
            let copied = aggregate[section.clone()].to_vec();
            aggregate.splice(section.start..section.start, copied);
        }
        2 => drop(aggregate.splice(section, other.aggregate[others].iter().copied())),
        3 => aggregate.truncate(section.start),
        4 => {
            // The whole opening of another proof, or all before it.
            let own = bytes(&opening[0]).start;
            let start = bytes(&other.opening[0]).start;
            match rng.random() {
                true => drop(aggregate.splice(own.., other.aggregate[start..].iter().copied())),
                false => drop(aggregate.splice(
                    HEADER_BYTES..own,
                    other.aggregate[HEADER_BYTES..start].iter().copied(),
                )),
            }
        }
        5 => {
            let second = bytes(&opening[rng.random_range(0..opening.len())]);
            let copied = aggregate[second].to_vec();
            aggregate.splice(section, copied);
        }
        _ => {
            aggregate.truncate(HEADER_BYTES);
            aggregate.extend_from_slice(&other.aggregate[HEADER_BYTES..]);
        }
    }
}

fn mutate_claims(rng: &mut Rng, groups: &mut Vec<Group>, other: &[Group]) {
    if groups.is_empty() {
        return;
    }
    let index = rng.random_range(0..groups.len());
    let others = &other[rng.random_range(0..other.len())];
    let group = &mut groups[index];
    let key = rng.random_range(0..group.keys.len().max(1));
    match rng.random_range(0..14) {
        0 => group.slot = bytes::pick(rng, &[group.slot ^ 1, 0, 127, 255, 256, u32::MAX, 32639]),
        1 => group.message[rng.random_range(0..32usize)] ^= 1 << rng.random_range(0..8),
        2 => {
            if let Some(old) = group.keys.get_mut(key) {
                let mut encoded = old.to_bytes();
                let everywhere = 0..encoded.len() / 4;
                elements::mutate(rng, &mut encoded, 0, everywhere, &others.keys[0].to_bytes());
                *old = decode_key(&encoded).unwrap_or(*old);
            }
        }
        3 => drop(group.keys.pop()),
        4 => group.keys.extend(others.keys.first()),
        5 => {
            let copy = group.keys.get(key).copied();
            group.keys.extend(copy);
        }
        6 => group.keys.clear(),
        7 => group.keys.reverse(),
        8 => group.keys.clone_from(&others.keys),
        9 => drop(groups.remove(index)),
        10 => groups.push(others.clone()),
        11 => groups.push(groups[index].clone()),
        12 => groups.reverse(),
        _ => {
            // A key moves to another group.
            let last = groups.len() - 1;
            if let Some(moved) = groups[index].keys.pop() {
                groups[last].keys.push(moved);
            }
        }
    }
}

fn kind(error: &Error) -> String {
    let mut kind = String::new();
    let _ = match error {
        Error::Format(_) => write!(kind, "format"),
        Error::Claims(_) => write!(kind, "claims"),
        Error::Rejected(rejection) => match rejection {
            Rejection::Scheme { .. } => write!(kind, "scheme"),
            Rejection::Truncated { message } => write!(kind, "{message}: truncated"),
            Rejection::Trailing { .. } => write!(kind, "trailing bytes"),
            Rejection::NotCanonical { message, .. } => write!(kind, "{message}: element"),
            Rejection::ProofOfWork { message } => write!(kind, "{message}: proof of work"),
            Rejection::Count { .. } => write!(kind, "list: count"),
            Rejection::Unreadable { .. } => write!(kind, "list: signature that can't be read"),
            Rejection::InvalidSignatures(_) => write!(kind, "list: invalid signatures"),
            Rejection::Inconsistent { reason } => write!(kind, "{reason}"),
            other => write!(kind, "{other}"),
        },
        other => write!(kind, "{other}"),
    };
    kind
}

fn claims(scheme: &Scheme, groups: &[Group]) -> Claims {
    let mut claims = Claims::new(*scheme);
    for group in groups {
        claims.add_group(group.slot, group.message, group.keys.iter().copied());
    }
    claims
}

fn encode(scheme: &Scheme, groups: &[Group], aggregate: &[u8]) -> Vec<u8> {
    let mut out = vec![scheme.id];
    out.extend((groups.len() as u32).to_le_bytes());
    for group in groups {
        out.extend(group.slot.to_le_bytes());
        out.extend(group.message);
        out.extend((group.keys.len() as u32).to_le_bytes());
        for key in &group.keys {
            let key = key.to_bytes();
            out.push(key.len() as u8);
            out.extend(key);
        }
    }
    out.extend_from_slice(aggregate);
    out
}

fn decode(input: &[u8]) -> Option<(Scheme, Vec<Group>, &[u8])> {
    let (&id, mut rest) = input.split_first()?;
    let count = number(&mut rest)?;
    let groups = (0..count)
        .map(|_| {
            let slot = number(&mut rest)?;
            let (message, after) = rest.split_first_chunk()?;
            rest = after;
            let keys = (0..number(&mut rest)?)
                .map(|_| {
                    let (&length, after) = rest.split_first()?;
                    let (key, after) = after.split_at_checked(length.into())?;
                    rest = after;
                    decode_key(key)
                })
                .collect::<Option<_>>()?;
            Some(Group {
                slot,
                message: *message,
                keys,
            })
        })
        .collect::<Option<_>>()?;
    Some((Scheme::from_id(id)?, groups, rest))
}

/// A key, whose length tells its sizes.
fn decode_key(key: &[u8]) -> Option<PublicKey> {
    let scheme = [TEST, COMPACT_TEST]
        .into_iter()
        .find(|scheme| scheme.public_key_bytes() == key.len())?;
    PublicKey::from_bytes(&scheme, key).ok()
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let (number, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u32::from_le_bytes(*number))
}

/// The encoding of an input whose groups and keys ascend.
fn canonical(scheme: &Scheme, groups: &[Group], aggregate: &[u8]) -> Vec<u8> {
    let mut groups = groups.to_vec();
    for group in &mut groups {
        group.keys.sort_unstable();
    }
    groups.sort_by_key(|group| (group.slot, group.message));
    encode(scheme, &groups, aggregate)
}
