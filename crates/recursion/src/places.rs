//! Where a statement is in a larger one.

use sheaf_aggregation::Statement;

/// Where a group of a statement is in a larger statement.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The index of the group there.
    pub group: usize,
    /// The index of each of its keys there, ascending.
    pub keys: Vec<u32>,
}

/// A group and a key of it that the larger statement does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Absent {
    pub group: usize,
    pub key: usize,
}

/// Where each group of `part` is in `whole`. Both are in one order, so that one pass finds all.
pub(crate) fn places(part: &Statement, whole: &Statement) -> Result<Vec<Places>, Absent> {
    let mut groups = whole.groups().iter().enumerate();
    let find = |(group, wanted): (usize, &sheaf_aggregation::Group)| {
        let same = |other: &sheaf_aggregation::Group| {
            (other.slot, other.message) == (wanted.slot, wanted.message)
        };
        let (index, found) = groups
            .find(|(_, other)| same(other))
            .ok_or(Absent { group, key: 0 })?;
        let mut keys = (0..).zip(&found.keys);
        let find = |(key, wanted)| {
            let found = keys.find(|&(_, other)| other == wanted);
            found.map(|(place, _)| place).ok_or(Absent { group, key })
        };
        let keys: Result<Vec<u32>, Absent> = wanted.keys.iter().enumerate().map(find).collect();
        Ok(Places {
            group: index,
            keys: keys?,
        })
    };
    part.groups().iter().enumerate().map(find).collect()
}
