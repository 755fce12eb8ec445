//! The decoders: keys, signatures, batch files, claims, aggregates. And the prover, which is given whatever a batch file decodes to.

use std::borrow::Cow;

use rand::RngExt;
use sheaf::xmss::params::KeyFormat;
use sheaf::xmss::{
    BatchFile, BatchFileError, BatchKeys, DecodeError, MemorySlotGuard, SecretKey, SigningKey,
    verify,
};
use sheaf::{
    Aggregate, Batch, COMPACT, COMPACT_TEST, Claims, ClaimsFileError, Error, FormatError,
    HEADER_BYTES, MAX_BYTES, Options, PROD, Prover, PublicKey, Rate, Scheme, Signature, TEST,
};

use crate::measure::under_test;
use crate::{Rng, Run, Target, bytes, elements, samples};

/// Bytes of claims before their first key.
const CLAIMS_ELEMENTS: usize = 12 + 40;

/// A decoder.
struct Decoder {
    name: &'static str,
    block: u64,
    /// Honest inputs.
    samples: Vec<Vec<u8>>,
    /// Where the first field element is, if elements fill the rest.
    elements_from: usize,
    run: fn(&[u8]) -> Result<Run, String>,
}

impl Target for Decoder {
    fn name(&self) -> &'static str {
        self.name
    }

    fn block(&self) -> u64 {
        self.block
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        mutated(rng, &self.samples, self.elements_from)
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        (self.run)(input)
    }
}

/// Random bytes, or a sample with one to four changes.
pub(crate) fn mutated(rng: &mut Rng, samples: &[Vec<u8>], elements_from: usize) -> Vec<u8> {
    let sample = &samples[rng.random_range(0..samples.len())];
    match rng.random_range(0..32) {
        0 => return bytes::random(rng, 2 * sample.len()),
        1 => {
            // The right length.
            let mut input = bytes::random(rng, 0);
            input.resize_with(sample.len(), || rng.random());
            return input;
        }
        _ => {}
    }
    let mut input = sample.clone();
    // One change is the most likely to be found by one check alone.
    for _ in 0..bytes::pick(rng, &[1, 1, 1, 2, 3, 4]) {
        let whole = input.len() >= elements_from && (input.len() - elements_from).is_multiple_of(4);
        if whole && rng.random() {
            let other = &samples[rng.random_range(0..samples.len())];
            elements::mutate(rng, &mut input, elements_from, 0..usize::MAX, other);
        } else {
            bytes::mutate(rng, &mut input, samples);
        }
    }
    input
}

/// Runs a decoder and checks that it accepts nothing but what it would have encoded.
fn canonical<T, E>(
    input: &[u8],
    decode: impl FnOnce(&[u8]) -> Result<T, E>,
    encode: impl FnOnce(&T) -> Vec<u8>,
    kind: impl FnOnce(&E) -> &'static str,
) -> Result<(Run, Option<T>), String> {
    let decoded = under_test(input.len(), || decode(input))?;
    let run = |refused| Run {
        refused,
        peak: decoded.peak,
    };
    match decoded.value {
        Err(error) => Ok((run(Some(Cow::Borrowed(kind(&error)))), None)),
        Ok(value) if encode(&value) == input => Ok((run(None), Some(value))),
        Ok(_) => Err("the decoder accepts another encoding than its own".to_owned()),
    }
}

/// As [`canonical`], of an encoding in which numbers may be longer than necessary: what is accepted is encoded to no more
/// bytes, and these are what their own decoding is encoded to.
fn shortened<T, E>(
    input: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, E>,
    encode: impl Fn(&T) -> Vec<u8>,
    kind: impl FnOnce(&E) -> &'static str,
) -> Result<(Run, Option<T>), String> {
    let decoded = under_test(input.len(), || decode(input))?;
    let run = |refused| Run {
        refused,
        peak: decoded.peak,
    };
    let value = match decoded.value {
        Err(error) => return Ok((run(Some(Cow::Borrowed(kind(&error)))), None)),
        Ok(value) => value,
    };
    let short = encode(&value);
    let again = decode(&short).map(|again| encode(&again));
    if short.len() <= input.len() && again.is_ok_and(|again| again == short) {
        Ok((run(None), Some(value)))
    } else {
        Err("the decoder accepts what it does not encode shorter".to_owned())
    }
}

/// The scheme of a target. Targets are functions, and these are known by numbers.
fn scheme<const ID: u8>() -> Scheme {
    Scheme::from_id(ID).expect("targets are of known schemes")
}

fn decode_error(error: &DecodeError) -> &'static str {
    match error {
        DecodeError::Length { .. } => "length",
        DecodeError::Offset { .. } => "offset",
        DecodeError::NonCanonical { .. } => "element",
        DecodeError::Varint { .. } => "varint",
        _ => "value",
    }
}

fn batch_file_error(error: &BatchFileError) -> &'static str {
    match error {
        BatchFileError::Header { .. } => "header",
        BatchFileError::Length { .. } => "length",
        BatchFileError::Signer { source, .. } => decode_error(source),
        _ => "other",
    }
}

fn public_key<const ID: u8>(input: &[u8]) -> Result<Run, String> {
    let scheme = scheme::<ID>();
    let decode = |input: &[u8]| PublicKey::from_bytes(&scheme, input);
    canonical(input, decode, PublicKey::to_bytes, decode_error).map(|(run, _)| run)
}

fn public_key_postcard(input: &[u8]) -> Result<Run, String> {
    let decode = |input: &[u8]| PublicKey::from_postcard(&COMPACT, input);
    shortened(input, decode, PublicKey::to_postcard, decode_error).map(|(run, _)| run)
}

fn signature_postcard(input: &[u8]) -> Result<Run, String> {
    let decode = |input: &[u8]| Signature::from_postcard(&COMPACT_TEST, input);
    shortened(input, decode, Signature::to_postcard, decode_error).map(|(run, _)| run)
}

const SLOT: u32 = 77;
const MESSAGE: [u8; 32] = [7; 32];

/// Decodes a signature, and verifies it under the key of an honest one.
fn signature<const ID: u8>(input: &[u8]) -> Result<Run, String> {
    let scheme = scheme::<ID>();
    let decode = |input: &[u8]| Signature::from_bytes(&scheme, input);
    let (run, signature) = canonical(input, decode, Signature::to_bytes, decode_error)?;
    // Verifying takes much longer than decoding.
    if let Some(signature) = signature
        && sampled(input)
    {
        let (key, honest) = &honest_signer(&scheme);
        let verified = under_test(input.len(), || {
            verify(&scheme, key, SLOT, &MESSAGE, &signature)
        })?;
        if verified.value.is_ok() && signature != *honest {
            return Err("a signature that was not made by the signer is valid".to_owned());
        }
        if verified.value.is_err() && signature == *honest {
            return Err("the honest signature is not valid".to_owned());
        }
    }
    Ok(run)
}

fn honest_signer(scheme: &Scheme) -> samples::Signer {
    samples::signers(scheme, 0, 1, SLOT, MESSAGE).remove(0)
}

/// One of eight inputs.
fn sampled(input: &[u8]) -> bool {
    let sum = input.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte));
    sum.is_multiple_of(8)
}

/// Decodes a secret key, and uses it: a key may be damaged in ways that no decoder can see.
fn secret_key<const ID: u8>(input: &[u8]) -> Result<Run, String> {
    let scheme = scheme::<ID>();
    let decode = |input: &[u8]| SecretKey::from_bytes(&scheme, input);
    let encode = |key: &SecretKey| key.to_bytes().to_vec();
    let (run, key) = match scheme.key_format {
        KeyFormat::Shake => canonical(input, decode, encode, decode_error)?,
        KeyFormat::Poseidon => shortened(input, decode, encode, decode_error)?,
    };
    if let Some(key) = key
        && sampled(input)
        && scheme.is_for_tests
    {
        // The key itself was allocated before, and a bottom tree is as large as one of the two that it holds.
        under_test(input.len(), || {
            let (active, window) = (key.active_range().slots(), key.window_slots());
            let mut key =
                SigningKey::new(key, MemorySlotGuard::new()).expect("a new guard takes any key");
            let ends = [active.start, active.end - 1, window.start, window.end];
            for slot in ends.into_iter().chain([u64::from(u32::MAX)]) {
                let _ = key.sign(slot as u32, &MESSAGE);
            }
            let _ = key.advance_window();
        })?;
    }
    Ok(run)
}

/// Decodes a batch file as a whole, and its keys alone.
fn batch_file<const ID: u8>(input: &[u8]) -> Result<Run, String> {
    let scheme = scheme::<ID>();
    let decode = |input: &[u8]| BatchFile::parse(&scheme, input);
    let (run, file) = canonical(input, decode, BatchFile::to_bytes, batch_file_error)?;
    let keys = under_test(input.len(), || BatchKeys::parse(&scheme, input))?;
    if let Some(file) = file {
        let whole = BatchKeys {
            slot: file.slot,
            message: file.message,
            keys: file.signers.iter().map(|(key, _)| *key).collect(),
        };
        match keys.value {
            Ok(keys) if keys == whole => {}
            _ => return Err("the keys of a batch file are not those of the file".to_owned()),
        }
    }
    Ok(run)
}

fn claims_error(error: &ClaimsFileError) -> &'static str {
    match error {
        ClaimsFileError::Truncated { .. } => "truncated",
        ClaimsFileError::Magic => "magic",
        ClaimsFileError::Version { .. } => "version",
        ClaimsFileError::Scheme { .. } => "scheme",
        ClaimsFileError::Reserved => "reserved",
        ClaimsFileError::Key { source, .. } => decode_error(source),
        ClaimsFileError::TooMany => "too many",
        ClaimsFileError::Trailing { .. } => "trailing",
        _ => "other",
    }
}

/// Decodes claims, and asks whether anything could prove them.
fn claims(input: &[u8]) -> Result<Run, String> {
    let (run, claims) = canonical(input, Claims::from_bytes, Claims::to_bytes, claims_error)?;
    if let Some(claims) = claims {
        let _ = under_test(input.len(), || claims.check())?;
    }
    Ok(run)
}

fn format_error(error: &FormatError) -> &'static str {
    match error {
        FormatError::TooShort { .. } => "too short",
        FormatError::TooLong { .. } => "too long",
        FormatError::Magic => "magic",
        FormatError::Version { .. } => "version",
        FormatError::Scheme { .. } => "scheme",
        FormatError::Rate { .. } => "rate",
        FormatError::Kind { .. } => "kind",
        FormatError::RateOfList { .. } => "rate of a list",
        FormatError::Length { .. } => "length",
        FormatError::ListLength { .. } => "length of a list",
        _ => "other",
    }
}

fn aggregate(input: &[u8]) -> Result<Run, String> {
    let decode = Aggregate::from_bytes;
    let (run, aggregate) = canonical(input, decode, Aggregate::to_bytes, format_error)?;
    if aggregate.is_some_and(|aggregate| aggregate.byte_len() != input.len()) {
        return Err("an aggregate misstates its length".to_owned());
    }
    Ok(run)
}

/// The decoders.
pub(crate) fn targets() -> Vec<Box<dyn Target>> {
    let signature_samples = |scheme: &Scheme| {
        let mut all = samples::signers(scheme, 1, 3, SLOT, MESSAGE);
        all.insert(0, honest_signer(scheme));
        all.iter().map(|(_, s)| s.to_bytes()).collect::<Vec<_>>()
    };
    let files = |scheme: &Scheme| -> Vec<Vec<u8>> {
        [1, 2, 5]
            .map(|count| samples::batch_file(scheme, count, count.into(), 200).to_bytes())
            .into()
    };
    let mut body = elements::random(
        &mut crate::block_rng(0, "aggregate body", 0),
        (64 << 10) / 4,
    );
    let mut aggregates: Vec<Vec<u8>> = [(TEST, 1), (PROD, 4)]
        .iter()
        .map(|(scheme, rate)| {
            let mut all = sheaf::MAGIC.to_vec();
            all.extend([sheaf::FORMAT_VERSION, scheme.id, *rate, sheaf::KIND_LEAF]);
            all.extend_from_slice(&body);
            body.truncate(4096);
            all
        })
        .collect();
    // Lists of signatures.
    let lists = [TEST, COMPACT_TEST].map(|scheme| {
        let signers = samples::signers(&scheme, 3, 2, SLOT, MESSAGE);
        let mut all = sheaf::MAGIC.to_vec();
        all.extend([sheaf::FORMAT_VERSION, scheme.id, 0, sheaf::KIND_RAW]);
        all.extend(
            signers
                .iter()
                .flat_map(|(_, signature)| signature.to_bytes()),
        );
        all
    });
    // As long as an aggregate may be.
    let mut long = aggregates[1].clone();
    long.resize(MAX_BYTES, 1);
    let tiny = aggregates[0][..HEADER_BYTES + 40].to_vec();
    // Short ones are the most frequent.
    aggregates.extend(std::iter::repeat_n(tiny, 13));
    aggregates.extend(lists.into_iter().cycle().take(6));
    let mut with_long = aggregates.clone();
    with_long.push(long);

    let decoder = |name, block, samples, elements_from, run| {
        Box::new(Decoder {
            name,
            block,
            samples,
            elements_from,
            run,
        }) as Box<dyn Target>
    };
    let public_keys = |scheme: &Scheme, encode: fn(&PublicKey) -> Vec<u8>| -> Vec<Vec<u8>> {
        let signers = samples::signers(scheme, 9, 4, SLOT, MESSAGE);
        signers.iter().map(|(key, _)| encode(key)).collect()
    };
    let postcard_signatures = samples::signers(&COMPACT_TEST, 9, 4, SLOT, MESSAGE)
        .iter()
        .map(|(_, signature)| signature.to_postcard())
        .collect();
    let compact_keys = |scheme: &Scheme| {
        [(0, 1), (48, 100), (0, 256), (255, 1), (97, 31)]
            .map(|(start, count)| samples::secret_key(scheme, start, count, 0))
            .into()
    };
    let secret_keys = vec![
        samples::secret_key(&TEST, 0, 32, 0),
        samples::secret_key(&TEST, 48, 100, 2),
        samples::secret_key(&TEST, 0, 256, 14),
        samples::secret_key(&TEST, 224, 32, 0),
    ];
    let keys = samples::signers(&TEST, 9, 7, SLOT, MESSAGE);
    let group = |claims: Claims, slot, range: std::ops::Range<usize>| {
        claims.with_group(slot, MESSAGE, keys[range].iter().map(|(key, _)| *key))
    };
    let all_claims = vec![
        group(Claims::new(TEST), 7, 0..4).to_bytes(),
        group(group(Claims::new(PROD), 7, 0..4), 9, 3..7).to_bytes(),
        group(group(Claims::new(TEST), 7, 0..0), 9, 0..1).to_bytes(),
    ];
    // Not a key: what comes before the trees, which is all that a decoder reads if the length does not fit.
    let prod_heads: Vec<Vec<u8>> = secret_keys
        .iter()
        .map(|key| {
            let mut head = key[..200].to_vec();
            head[52..60].copy_from_slice(&(3u64 << 16).to_le_bytes());
            head[60..68].copy_from_slice(&(2u64 << 16).to_le_bytes());
            head
        })
        .collect();
    vec![
        decoder(
            "public-key",
            4096,
            public_keys(&TEST, PublicKey::to_bytes),
            0,
            public_key::<{ TEST.id }>,
        ),
        decoder(
            "public-key-compact",
            4096,
            public_keys(&COMPACT_TEST, PublicKey::to_bytes),
            0,
            public_key::<{ COMPACT_TEST.id }>,
        ),
        decoder(
            "public-key-postcard",
            4096,
            public_keys(&COMPACT, PublicKey::to_postcard),
            usize::MAX,
            public_key_postcard,
        ),
        decoder(
            "signature-test",
            2048,
            signature_samples(&TEST),
            0,
            signature::<{ TEST.id }>,
        ),
        decoder(
            "signature-prod",
            512,
            signature_samples(&PROD),
            0,
            signature::<{ PROD.id }>,
        ),
        decoder(
            "signature-compact-test",
            2048,
            signature_samples(&COMPACT_TEST),
            0,
            signature::<{ COMPACT_TEST.id }>,
        ),
        decoder(
            "signature-compact",
            512,
            signature_samples(&COMPACT),
            0,
            signature::<{ COMPACT.id }>,
        ),
        decoder(
            "signature-postcard",
            2048,
            postcard_signatures,
            usize::MAX,
            signature_postcard,
        ),
        decoder(
            "secret-key-test",
            512,
            secret_keys,
            0,
            secret_key::<{ TEST.id }>,
        ),
        decoder(
            "secret-key-prod",
            2048,
            prod_heads,
            0,
            secret_key::<{ PROD.id }>,
        ),
        decoder(
            "secret-key-compact-test",
            512,
            compact_keys(&COMPACT_TEST),
            usize::MAX,
            secret_key::<{ COMPACT_TEST.id }>,
        ),
        decoder(
            "secret-key-compact",
            512,
            compact_keys(&COMPACT),
            usize::MAX,
            secret_key::<{ COMPACT.id }>,
        ),
        decoder(
            "batch-file-test",
            512,
            files(&TEST),
            0,
            batch_file::<{ TEST.id }>,
        ),
        decoder(
            "batch-file-prod",
            256,
            files(&PROD),
            0,
            batch_file::<{ PROD.id }>,
        ),
        decoder(
            "batch-file-compact-test",
            512,
            files(&COMPACT_TEST),
            0,
            batch_file::<{ COMPACT_TEST.id }>,
        ),
        decoder("claims", 2048, all_claims, CLAIMS_ELEMENTS, claims),
        decoder("aggregate", 512, aggregates, HEADER_BYTES, aggregate),
        decoder("aggregate-long", 16, with_long, HEADER_BYTES, aggregate),
    ]
}

/// Aggregation of whatever a batch file decodes to: an error about it, or a proof that is valid.
pub struct Aggregation {
    prover: Prover,
    samples: Vec<Vec<u8>>,
}

impl Aggregation {
    /// Starts a prover.
    ///
    /// # Panics
    /// If there is no thread for it.
    #[must_use]
    pub fn new() -> Self {
        let files = [1, 2, 3].map(|n| samples::batch_file(&TEST, n, n.into(), 255).to_bytes());
        Self {
            prover: Prover::new(1).expect("one thread"),
            samples: files.into(),
        }
    }
}

impl Default for Aggregation {
    fn default() -> Self {
        Self::new()
    }
}

impl Target for Aggregation {
    fn name(&self) -> &'static str {
        "aggregation"
    }

    fn block(&self) -> u64 {
        64
    }

    fn input(&mut self, rng: &mut Rng) -> Vec<u8> {
        let mut input = self.samples[rng.random_range(0..self.samples.len())].clone();
        match rng.random_range(0..16) {
            // Another slot: no signature is valid.
            0 => input[..4].copy_from_slice(&rng.random_range(0..300u32).to_le_bytes()),
            1 => input[4 + rng.random_range(0..32usize)] ^= 1,
            2 => return mutated(rng, &self.samples, 0),
            // Nothing but elements, which stay elements: the file can be parsed.
            _ => {
                let place = elements_of_one_signer(rng, input.len());
                let other = self.samples[rng.random_range(0..self.samples.len())].clone();
                let length = input.len();
                elements::mutate(rng, &mut input, 40, place, &other);
                input.resize(length, 0);
            }
        }
        input
    }

    fn run(&mut self, input: &[u8]) -> Result<Run, String> {
        let file = match BatchFile::parse(&TEST, input) {
            Ok(file) => file,
            Err(error) => {
                return Ok(Run {
                    refused: Some(batch_file_error(&error).into()),
                    peak: 0,
                });
            }
        };
        let mut batch = Batch::new(TEST);
        batch.push(file);
        // The prover's memory is another matter: it is that of its threads, and large.
        let proof = Options::proof(Rate::Half);
        let aggregated = under_test(input.len(), || self.prover.aggregate(&batch, proof))?;
        let list = under_test(input.len(), || {
            self.prover.aggregate(&batch, Options::raw())
        })?;
        if list.value.as_ref().err() != aggregated.value.as_ref().err() {
            return Err(format!(
                "a list and a proof of the same batch: {:?}, {:?}",
                list.value, aggregated.value
            ));
        }
        let refused = match aggregated.value {
            Ok(aggregate) => {
                for aggregate in [Ok(aggregate), list.value].into_iter().flatten() {
                    sheaf::verify(&batch.claims(), &aggregate)
                        .map_err(|error| format!("a new aggregate is not valid: {error}"))?;
                }
                None
            }
            Err(Error::InvalidSignatures(_)) => Some("invalid signature".into()),
            Err(Error::Claims(_)) => Some("claims".into()),
            Err(error) => return Err(format!("an honest prover fails: {error}")),
        };
        Ok(Run {
            refused,
            peak: aggregated.peak,
        })
    }
}

/// The elements of some signer's key and signature, in a batch file of this length.
fn elements_of_one_signer(rng: &mut Rng, length: usize) -> std::ops::Range<usize> {
    let entry = (52 + TEST.signature_bytes()) / 4;
    let signers = (length - 40) / 4 / entry;
    let start = entry * rng.random_range(0..signers.max(1));
    start..start + entry
}
