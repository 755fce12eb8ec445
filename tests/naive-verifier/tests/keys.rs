//! The keys are those of the statement: both verifiers hash them, and the argument leads to their hashes.
//!
//! Claims with another key have another digest, so a transcript of theirs has other challenges, and nothing of a proof
//! fits any more. To see that the argument looks at the keys as well, the naive verifier is also given a digest that
//! does not open to the rest of the statement, as if the hash were broken.

mod common;

use common::{
    TEST_SCHEMES, add_one, batch, key_elements, naive_groups, naive_scheme, prove, signers, verdict,
};
use sheaf::xmss::KoalaBear;
use sheaf::{Batch, Claims, Group, PublicKey, Rate, Scheme};
use sheaf_naive_verifier::{Reject, Summary, verify_summary};

/// Streams among which keys are dealt out.
const STREAMS: usize = 16;

/// Numbers of keys: one, those around the number of streams, and almost twice as many; then in several groups.
const GROUPS: [&[(u32, usize)]; 7] = [
    &[(5, 1)],
    &[(5, 15)],
    &[(5, 16)],
    &[(5, 17)],
    &[(5, 31)],
    &[(3, 1), (9, 15), (9, 2)],
    &[(3, 16), (126, 1), (127, 14)],
];

/// The first check of a proof, which no longer holds if a challenge is another one.
const OTHER_CHALLENGES: Result<(), Reject> = Err(Reject::ChainEnds(0));

/// Claims, and a proof of them.
struct Proof {
    claims: Claims,
    bytes: Vec<u8>,
}

impl Proof {
    fn of(batch: &Batch) -> Self {
        let bytes = prove(batch, Rate::Quarter);
        let claims = batch.claims();
        assert_eq!(verdict(&claims, &bytes), Ok(()));
        Self { claims, bytes }
    }

    /// The groups, with the keys of each in order.
    fn groups(&self) -> Vec<Group> {
        let mut groups = self.claims.groups().to_vec();
        groups.sort_by_key(|group| (group.slot, group.message));
        for group in &mut groups {
            group.keys.sort_by_key(PublicKey::to_bytes);
        }
        groups
    }

    fn summary(&self) -> Summary {
        summary(&self.claims)
    }

    /// The naive verdict on the proof, for the right digest and for what `change` makes of the rest of the statement.
    fn opened_to(&self, change: impl FnOnce(&mut Summary)) -> Result<(), Reject> {
        let mut summary = self.summary();
        let digest = summary.digest.clone();
        change(&mut summary);
        summary.digest = digest;
        verify_summary(&naive_scheme(self.claims.scheme()), summary, &self.bytes)
    }
}

fn summary(claims: &Claims) -> Summary {
    Summary::new(&naive_scheme(claims.scheme()), &naive_groups(claims)).unwrap()
}

fn claims(scheme: &Scheme, groups: &[Group]) -> Claims {
    let mut claims = Claims::new(*scheme);
    for group in groups {
        claims.add_group(group.slot, group.message, group.keys.iter().copied());
    }
    claims
}

#[test]
fn a_key_changed_in_the_first_a_middle_and_the_last_lane() {
    for scheme in TEST_SCHEMES {
        for groups in GROUPS {
            changed_keys(&scheme, groups);
        }
    }
}

fn changed_keys(scheme: &Scheme, groups: &[(u32, usize)]) {
    let digest = scheme.sizes.digest;
    let last = key_elements(scheme) - 1;
    // Root and parameter, in each of the permutations that absorb a key.
    let changes: [&dyn Fn(&mut PublicKey); 6] = [
        &|key| add_one(scheme, key, 0),
        &|key| add_one(scheme, key, digest - 1),
        &|key| add_one(scheme, key, digest),
        &|key| add_one(scheme, key, last - 1),
        &|key| add_one(scheme, key, last),
        &|key| *key = signers(scheme, 99, 1, 3, [1; 32])[0].0,
    ];
    let proof = Proof::of(&batch(*scheme, groups));
    let right = proof.groups();
    let places: Vec<(usize, usize)> = right
        .iter()
        .enumerate()
        .flat_map(|(g, group)| (0..group.keys.len()).map(move |i| (g, i)))
        .collect();
    let n = places.len();
    for lane in [0, n / 2, n - 1] {
        let (g, i) = places[lane];
        for (kind, change) in changes.iter().enumerate() {
            let mut wrong = right.clone();
            change(&mut wrong[g].keys[i]);
            let wrong = claims(scheme, &wrong);
            let context = format!("{groups:?}, lane {lane}, change {kind}");
            assert_eq!(verdict(&wrong, &proof.bytes), OTHER_CHALLENGES, "{context}");
            let opened = proof.opened_to(|statement| *statement = summary(&wrong));
            assert_eq!(opened, Err(Reject::Columns), "{context}");
        }
    }
}

/// That of a stream without a key is the initial one. No lane leads there, so just the digest binds it.
#[test]
fn another_last_capacity() {
    for (scheme, groups) in TEST_SCHEMES
        .into_iter()
        .flat_map(|scheme| GROUPS.map(|groups| (scheme, groups)))
    {
        let proof = Proof::of(&batch(scheme, groups));
        assert_eq!(proof.opened_to(|_| {}), Ok(()));
        let lanes: usize = groups.iter().map(|&(_, count)| count).sum();
        for stream in 0..STREAMS {
            let expected = if stream < lanes {
                Err(Reject::Columns)
            } else {
                Ok(())
            };
            for j in 0..9 {
                let opened =
                    proof.opened_to(|statement| statement.fin[stream][j] += KoalaBear::new(1));
                assert_eq!(opened, expected, "{groups:?}, stream {stream}, element {j}");
            }
        }
    }
}

#[test]
fn last_capacities_of_two_streams_exchanged() {
    for scheme in TEST_SCHEMES {
        let proof = Proof::of(&batch(scheme, &[(5, 17)]));
        for stream in 0..STREAMS - 1 {
            let opened = proof.opened_to(|statement| statement.fin.swap(stream, stream + 1));
            assert_eq!(opened, Err(Reject::Columns), "{stream}");
        }
    }
}

#[test]
fn another_digest() {
    for scheme in TEST_SCHEMES {
        let proof = Proof::of(&batch(scheme, &[(5, 17)]));
        for j in 0..9 {
            let mut summary = proof.summary();
            summary.digest[j] += KoalaBear::new(1);
            let opened = verify_summary(&naive_scheme(&scheme), summary, &proof.bytes);
            assert_eq!(opened, OTHER_CHALLENGES, "{j}");
        }
    }
}

/// Keys in an order that they keep wherever one group ends and the next one begins.
///
/// The streams absorb the same keys then, and only the blocks of the groups tell the two statements apart.
#[test]
fn sizes_of_groups_shifted_with_the_same_keys() {
    for (scheme, (first, second)) in TEST_SCHEMES
        .into_iter()
        .flat_map(|scheme| [(2, 1), (16, 2), (8, 23)].map(|sizes| (scheme, sizes)))
    {
        let group = |slot: u32, count: usize, side: bool| {
            let message = [slot as u8; 32];
            let mut signers = signers(&scheme, slot as u8, 4 * count + 16, slot, message);
            signers.retain(|(key, _)| (key.to_bytes()[0] >= 0x80) == side);
            signers.truncate(count);
            assert_eq!(signers.len(), count);
            (slot, message, signers)
        };
        let mut batch = Batch::new(scheme);
        for (slot, message, signers) in [group(3, first, false), group(5, second, true)] {
            batch = batch.with_group(slot, message, signers);
        }
        let proof = Proof::of(&batch);
        let right = proof.groups();
        let keys: Vec<PublicKey> = right.iter().flat_map(|g| g.keys.clone()).collect();
        for size in (1..keys.len()).filter(|&size| size != first) {
            let mut wrong = right.clone();
            (wrong[0].keys, wrong[1].keys) = (keys[..size].to_vec(), keys[size..].to_vec());
            let wrong = claims(&scheme, &wrong);
            let context = format!("{first} + {second} as {size} + ..");
            assert_eq!(summary(&wrong).fin, proof.summary().fin, "{context}");
            assert_ne!(summary(&wrong).digest, proof.summary().digest, "{context}");
            assert_eq!(verdict(&wrong, &proof.bytes), OTHER_CHALLENGES, "{context}");
            let opened = proof.opened_to(|statement| *statement = summary(&wrong));
            assert_eq!(opened, Err(Reject::Columns), "{context}");
        }
    }
}
