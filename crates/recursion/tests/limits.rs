//! Bytes that are no shape, each for one reason.

mod common;

use sheaf_recursion::Shape;
use sheaf_recursion::shape::{CheckError, DecodeError, LimitError, MAX_BYTES};

/// Bytes of a shape, by hand.
#[derive(Clone, Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(mut self, mut value: usize) -> Self {
        while value >= 128 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    /// The sizes of groups.
    fn sizes(self, sizes: &[usize]) -> Self {
        let number = |out: Self, &size: &usize| out.number(size);
        sizes.iter().fold(self.number(sizes.len()), number)
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn digest(self, i: usize) -> Self {
        let mut digest = [0; 36];
        digest[..4].copy_from_slice(&(i as u32).to_le_bytes());
        self.bytes(&digest)
    }

    fn hidden(self, i: usize) -> Self {
        self.bytes(&[0]).digest(i)
    }

    /// A leaf with a group, all of it if `keys` is `[1]`.
    fn leaf(self, i: usize, keys: &[u8]) -> Self {
        self.bytes(&[1]).digest(i).bytes(&[1, 0]).bytes(keys)
    }

    /// The root.
    fn root(self, height: u8, children: u8) -> Self {
        self.bytes(&[height, children])
    }

    fn node(self, height: u8, children: u8) -> Self {
        self.bytes(&[2, height, children])
    }
}

/// All keys of a group.
const ALL: &[u8] = &[1];

fn error(bytes: &Bytes) -> DecodeError {
    Shape::decode(&bytes.0).unwrap_err()
}

fn accepted(bytes: &Bytes) -> Shape {
    let shape = Shape::decode(&bytes.0).unwrap();
    assert_eq!(shape.encode(), bytes.0);
    shape
}

fn group(keys: usize) -> Bytes {
    Bytes::default().sizes(&[keys])
}

#[test]
fn the_smallest_shape_has_44_bytes() {
    let bytes = group(1).root(1, 1).leaf(5, ALL);
    accepted(&bytes);
    assert_eq!(bytes.0.len(), 44);
    for offset in 0..44 {
        let cut = Bytes(bytes.0[..offset].to_vec());
        assert!(matches!(error(&cut), DecodeError::Truncated { offset: at } if at <= offset));
    }
    assert_eq!(
        error(&bytes.bytes(&[0])),
        DecodeError::Trailing { bytes: 1 }
    );
}

#[test]
fn groups_are_as_many_as_can_be_claimed() {
    let groups = |found| DecodeError::Groups { found };
    assert_eq!(error(&Bytes::default().number(0)), groups(0));
    assert_eq!(error(&Bytes::default().number(65_537)), groups(65_537));
    let size = |group, found| DecodeError::Size { group, found };
    assert_eq!(error(&group(0)), size(0, 0));
    assert_eq!(error(&group(65_537)), size(0, 65_537));
    accepted(&group(65_536).root(1, 1).leaf(0, ALL));
    let two = Bytes::default().sizes(&[65_535, 2]);
    assert_eq!(error(&two), size(1, 2));
    let all = Bytes::default().sizes(&[1; 65_536]);
    let mut leaf = all.root(1, 1).bytes(&[1]).digest(0).number(65_536);
    leaf.0.extend([0, 1].repeat(65_536));
    accepted(&leaf);
}

#[test]
fn numbers_and_elements_have_one_encoding() {
    let long = Bytes::default().bytes(&[0x81, 0]);
    assert_eq!(error(&long), DecodeError::Number { offset: 0 });
    let mut bytes = group(1).root(1, 1).leaf(0, ALL);
    let order = 0x7f00_0001u32;
    bytes.0[5 + 8..][..4].copy_from_slice(&order.to_le_bytes());
    let element = DecodeError::Element {
        offset: 13,
        value: order,
    };
    assert_eq!(error(&bytes), element);
}

#[test]
fn nodes_are_higher_than_their_children() {
    let height = |offset, found| DecodeError::Height { offset, found };
    let two = |root, node| group(1).root(root, 1).node(node, 1).leaf(0, ALL);
    accepted(&two(2, 1));
    assert_eq!(error(&group(1).root(0, 1).leaf(0, ALL)), height(2, 0));
    assert_eq!(error(&two(1, 1)), height(5, 1));
    assert_eq!(error(&two(2, 2)), height(5, 2));
    assert_eq!(error(&two(3, 1)), height(2, 3));
    assert_eq!(error(&two(3, 2)), height(5, 2));
    // A hidden child may be the highest.
    let hidden = |root| group(1).root(root, 2).hidden(9).leaf(0, ALL);
    for root in [1, 2, 32] {
        assert_eq!(accepted(&hidden(root)).height(), usize::from(root));
    }
    let too_high = LimitError::Height { found: 33 };
    assert_eq!(error(&hidden(33)), DecodeError::Limit(too_high));
    let chain = (1..32)
        .rev()
        .fold(group(1).root(32, 1), |chain, height| chain.node(height, 1));
    accepted(&chain.clone().leaf(0, ALL));
    assert_eq!(error(&chain.node(0, 1).leaf(0, ALL)), height(98, 0));
}

#[test]
fn a_node_has_one_to_sixteen_children_and_a_visible_leaf() {
    let children =
        |count: u8| (0..count).fold(group(4).root(1, count), |out, i| out.leaf(i.into(), ALL));
    accepted(&children(4));
    let hidden =
        |count: u8| (1..count).fold(group(1).root(1, count), |out, i| out.hidden(i.into()));
    accepted(&hidden(16).leaf(0, ALL));
    for found in [0, 17, 255] {
        let limit = LimitError::Children { found };
        assert_eq!(
            error(&hidden(found as u8).leaf(0, ALL)),
            DecodeError::Limit(limit)
        );
    }
    assert_eq!(
        error(&hidden(16).hidden(0)),
        DecodeError::Hidden { offset: 2 }
    );
    let below = group(1).root(2, 2).leaf(0, ALL).node(1, 1).hidden(1);
    assert_eq!(error(&below), DecodeError::Hidden { offset: 45 });
    let tag = group(1).root(1, 1).bytes(&[3]);
    assert_eq!(
        error(&tag),
        DecodeError::Tag {
            offset: 4,
            found: 3
        }
    );
}

#[test]
fn leaves_differ_and_have_keys() {
    let twice = group(1).root(1, 3).leaf(7, ALL).leaf(8, ALL).leaf(7, ALL);
    let same = DecodeError::DuplicateLeaf {
        first: 0,
        second: 2,
    };
    assert_eq!(error(&twice), same);
    // One that is hidden may be the same.
    accepted(&group(1).root(1, 3).leaf(7, ALL).leaf(8, ALL).hidden(7));
    let leaf = |groups: &[u8]| {
        Bytes::default()
            .sizes(&[1, 1])
            .root(1, 1)
            .bytes(&[1])
            .digest(0)
            .bytes(groups)
    };
    let cover = DecodeError::Cover { leaf: 0 };
    assert_eq!(error(&leaf(&[0])), cover);
    assert_eq!(error(&leaf(&[3, 0, 1, 0, 1, 0, 1])), cover);
    assert_eq!(error(&leaf(&[1, 2, 1])), cover);
    assert_eq!(error(&leaf(&[2, 1, 1, 0, 1])), cover);
    accepted(&leaf(&[1, 1, 1]));
    accepted(&leaf(&[2, 0, 1, 0, 1]));
}

#[test]
fn keys_of_a_leaf_have_one_encoding() {
    let keys = |size, keys: &[u8]| group(size).root(1, 1).leaf(0, keys);
    let bad = |size, bytes: &[u8]| {
        let error = error(&keys(size, bytes));
        assert!(
            matches!(error, DecodeError::Keys { .. }),
            "{bytes:?}: {error}"
        );
    };
    accepted(&keys(64, &[3, 10]));
    accepted(&keys(
        64,
        &[0, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55],
    ));
    // An empty run, one that ends with the group, one beyond it, a number that overflows.
    bad(64, &[3, 0]);
    bad(64, &[4, 10, 0]);
    bad(64, &[3, 64]);
    bad(64, &[3, 65]);
    bad(64, &[4, 2, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    // No key, and all of them, as a bitmap.
    bad(64, &[0; 9]);
    bad(8, &[0, 0xff]);
    // A bitmap where runs are as short, runs where a bitmap is shorter, spare bits.
    bad(64, &[0, 0xff, 0, 0, 0, 0, 0, 0, 0]);
    bad(16, &[6, 1, 1, 1]);
    bad(16, &[7, 1, 1, 1]);
    accepted(&keys(16, &[0, 2, 2]));
    bad(15, &[0, 0x55, 0xd5]);
    // More runs than could be, before there is memory for them.
    bad(65_536, &[0xfe, 0xff, 0xff, 0xff, 0x0f]);
}

/// 4 096 leaves that name all of 65 536 keys in a byte would take 2^28 hashes.
#[test]
fn keys_of_all_leaves_are_at_most_four_times_the_claimed_ones() {
    let leaves = |count: u8| {
        (0..count).fold(group(65_536).root(1, count), |out, i| {
            out.leaf(i.into(), ALL)
        })
    };
    accepted(&leaves(4));
    let limit = LimitError::Overlap { claimed: 65_536 };
    assert_eq!(error(&leaves(5)), DecodeError::Limit(limit));
    let four = leaves(4).0;
    let five = group(65_536).root(1, 5).bytes(&four[6..]);
    assert_eq!(error(&five.leaf(9, &[3, 1])), DecodeError::Limit(limit));
}

/// Leaves with a key each, in a tree with sixteen children per node.
fn tree(out: Bytes, height: u8, leaves: core::ops::Range<usize>) -> Bytes {
    let each = 16usize.pow(u32::from(height) - 1);
    let children = leaves.len().div_ceil(each);
    (0..children).fold(out, |out, i| {
        let start = leaves.start + i * each;
        let below = start..leaves.end.min(start + each);
        if height == 1 {
            return out.leaf(start, &[3, 1]);
        }
        let count = below.len().div_ceil(each / 16);
        tree(out.node(height - 1, count as u8), height - 1, below)
    })
}

#[test]
fn there_are_at_most_4096_visible_leaves() {
    let shape = accepted(&tree(group(65_536).root(3, 16), 3, 0..4096));
    assert_eq!(shape.leaves().len(), 4096);
    let one_more = tree(group(65_536).root(4, 2), 4, 0..4097);
    assert_eq!(error(&one_more), DecodeError::Limit(LimitError::Leaves));
}

#[test]
fn there_are_at_most_4096_visible_nodes() {
    // A root, 16 nodes below, and below these 256 chains of 15 nodes, some of them of 16.
    let nodes = |long: usize| {
        (0..256).fold(group(65_536).root(18, 16), |mut out, i| {
            let length = |i| 15 + u8::from(i < long);
            if i % 16 == 0 {
                out = out.node(length(i) + 1, 16);
            }
            let chain = (1..=length(i)).rev();
            chain
                .fold(out, |out, height| out.node(height, 1))
                .leaf(i, &[3, 1])
        })
    };
    let most = 4096 - 17 - 256 * 15;
    accepted(&nodes(most));
    assert_eq!(
        error(&nodes(most + 1)),
        DecodeError::Limit(LimitError::Nodes)
    );
}

#[test]
fn a_shape_has_at_most_a_mebibyte() {
    let found = MAX_BYTES + 1;
    let long = Bytes(vec![1; found]);
    assert_eq!(
        error(&long),
        DecodeError::Limit(LimitError::Bytes { found })
    );
    assert_ne!(
        error(&Bytes(vec![1; MAX_BYTES])),
        DecodeError::Limit(LimitError::Bytes { found: MAX_BYTES })
    );
}

#[test]
fn a_key_that_no_leaf_has_is_named() {
    let claims = common::keys(0..64);
    let shape = accepted(&group(64).root(1, 2).leaf(0, &[3, 10]).leaf(1, &[2, 13]));
    let missing = CheckError::Missing {
        group: 0,
        key: 10,
        count: 3,
    };
    assert_eq!(shape.check(&claims), Err(missing));
}
