//! The program that verifies proofs, once for a process.

use std::sync::OnceLock;

use sheaf_program::Id;
use sheaf_program::builder::Executable;
use sheaf_recursion_guest::node;
use sheaf_transcript::F;
use sheaf_xmss::PROD;

use crate::statement::Digest;

/// The program, with how its runs are found. It is made when it is first asked for, which takes a moment.
///
/// What balances messages of this program is a run of it: whoever makes it looks at its conditions.
#[must_use]
pub fn guest() -> &'static Executable {
    static GUEST: OnceLock<Executable> = OnceLock::new();
    GUEST.get_or_init(|| node::program(&PROD))
}

/// Its identity.
pub fn id() -> Id {
    guest().program.id()
}

/// Its results for a node: digest, digest of what is deferred, height.
pub(crate) fn results(node: &Digest, deferred: &[F; 9], height: F) -> Vec<F> {
    [&node[..], deferred, &[height]].concat()
}
