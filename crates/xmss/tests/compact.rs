//! The compact scheme against vectors of its first implementation: signatures, refusals, and the values on the way.

use std::path::Path;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use serde::Deserialize;
use sheaf_xmss::chain::walk;
use sheaf_xmss::tweak::{message_digits, message_elements, tree_tweak};
use sheaf_xmss::{
    BatchFile, COMPACT, KoalaBear, PROD, PublicKey, Signature, VerifyError, encoding, poseidon,
    tree, verify, verify_batch,
};

fn read(name: &str) -> Vec<u8> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/compact");
    std::fs::read(directory.join(name)).unwrap()
}

fn batches() -> Vec<BatchFile> {
    ["slot-0.bin", "slot-65536.bin", "slot-4294967295.bin"]
        .map(|name| BatchFile::parse(&COMPACT, &read(name)).unwrap())
        .into()
}

#[test]
fn accepts_every_vector() {
    for (batch, slot) in batches().iter().zip([0, 65_536, u32::MAX]) {
        assert_eq!((batch.slot, batch.signers.len()), (slot, 64));
        verify_batch(&COMPACT, slot, &batch.message, &batch.signers).unwrap();
        for (public_key, signature) in &batch.signers {
            verify(&COMPACT, public_key, slot, &batch.message, signature).unwrap();
            assert_eq!(public_key.to_bytes().len(), 32);
            assert_eq!(signature.to_bytes().len(), 1208);
        }
    }
    let encoded = read("slot-65536.bin");
    assert_eq!(batches()[1].to_bytes(), encoded);
}

#[test]
fn rejects_any_changed_byte() {
    for BatchFile {
        slot,
        message,
        signers,
    } in batches()
    {
        let (public_key, signature) = &signers[0];
        let refused = |key: &PublicKey, message: &[u8; 32], signature: &Signature| {
            verify(&COMPACT, key, slot, message, signature).is_err()
        };
        let bytes = signature.to_bytes();
        for at in (0..bytes.len()).step_by(7) {
            for flip in [1, 1 << (at % 8)] {
                let mut changed = bytes.clone();
                changed[at] ^= flip;
                if let Ok(changed) = Signature::from_bytes(&COMPACT, &changed) {
                    assert!(refused(public_key, &message, &changed), "byte {at}");
                }
            }
        }
        let bytes = public_key.to_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            if let Ok(changed) = PublicKey::from_bytes(&COMPACT, &changed) {
                assert!(refused(&changed, &message, signature), "byte {at}");
            }
        }
        for at in 0..32 {
            let mut changed = message;
            changed[at] ^= 1 << (at % 8);
            assert!(refused(public_key, &changed, signature), "byte {at}");
        }
        for bit in 0..32 {
            let other = slot ^ 1 << bit;
            assert!(verify(&COMPACT, public_key, other, &message, signature).is_err());
        }
    }
}

#[test]
fn objects_of_other_schemes_are_refused_by_name() {
    let batch = batches().remove(0);
    let (key, signature) = &batch.signers[0];
    let other = BatchFile::parse(&PROD, include_bytes!("vectors/prod-slot-0.bin")).unwrap();
    let (other_key, other_signature) = &other.signers[0];
    let verify = |key, signature| verify(&COMPACT, key, batch.slot, &batch.message, signature);
    let sizes = VerifyError::KeySizes { scheme: "compact" };
    assert_eq!(verify(other_key, signature), Err(sizes));
    let shape = VerifyError::Shape {
        path: 32,
        hashes: 46,
    };
    assert_eq!(verify(key, other_signature), Err(shape));
}

#[derive(Deserialize)]
struct KnownAnswers {
    permute_0_to_15: Vec<u32>,
    message_hash_00_to_1f: Vec<u32>,
    message_hash_ff: Vec<u32>,
    chain_step: ChainStep,
    leaf: Leaf,
    encoding: Encoding,
}

#[derive(Deserialize)]
struct ChainStep {
    public_param: Vec<u32>,
    value: Vec<u32>,
    slot: u32,
    chain: usize,
    from_position: usize,
    out: Vec<u32>,
}

#[derive(Deserialize)]
struct Leaf {
    public_param: Vec<u32>,
    slot: u32,
    out: Vec<u32>,
}

#[derive(Deserialize)]
struct Encoding {
    slot: u32,
    public_param: Vec<u32>,
    randomness: Vec<u32>,
    digits: Vec<u8>,
}

fn array<const N: usize>(values: &[u32]) -> [KoalaBear; N] {
    std::array::from_fn(|i| {
        values
            .get(i)
            .map_or(KoalaBear::ZERO, |&x| KoalaBear::new(x))
    })
}

fn values(elements: &[KoalaBear]) -> Vec<u32> {
    elements.iter().map(|x| x.as_canonical_u32()).collect()
}

#[test]
fn values_on_the_way_are_known() {
    let known: KnownAnswers = serde_json::from_slice(&read("known-answers.json")).unwrap();
    let mut state: [KoalaBear; 16] = std::array::from_fn(KoalaBear::from_usize);
    poseidon::Lanes::permute_narrow(&mut state);
    assert_eq!(values(&state), known.permute_0_to_15);

    let counting: [u8; 32] = std::array::from_fn(|i| i as u8);
    for (message, expected) in [
        (counting, &known.message_hash_00_to_1f),
        ([0xff; 32], &known.message_hash_ff),
    ] {
        let elements = message_elements(&COMPACT, &message_digits(&message));
        assert_eq!(values(&elements[..8]), *expected);
    }

    let step = &known.chain_step;
    let (from, to) = (step.from_position, step.from_position + 1);
    let parameter = array(&step.public_param);
    let value = array(&step.value);
    let out = walk(
        &COMPACT, &parameter, step.slot, step.chain, from, to, &value,
    );
    assert_eq!(values(&out[..4]), step.out);

    let Leaf {
        public_param,
        slot,
        out,
    } = &known.leaf;
    let ends: Vec<[KoalaBear; 8]> = (0..42)
        .map(|i| std::array::from_fn(|k| KoalaBear::from_usize(if k < 4 { 4 * i + k } else { 0 })))
        .collect();
    let leaf = tree::leaf::<KoalaBear>(
        &COMPACT,
        &tree::lengths(&COMPACT),
        &array(public_param),
        &tree_tweak(&COMPACT, 0, *slot),
        &ends,
        |_, input| input.permute(),
    );
    assert_eq!(values(&leaf[..4]), *out);

    let Encoding {
        slot,
        public_param,
        randomness,
        digits,
    } = &known.encoding;
    let parameter = array(public_param);
    let randomness = array(randomness);
    let codeword = encoding::encode(&COMPACT, &parameter, *slot, &counting, &randomness);
    assert_eq!(codeword.as_ref(), Ok(digits));
}
