//! One module per subcommand.

pub(crate) mod aggregate;
pub(crate) mod batch;
pub(crate) mod bench;
pub(crate) mod claims;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod inspect;
pub(crate) mod keygen;
pub(crate) mod machine;
pub(crate) mod man;
pub(crate) mod merge;
pub(crate) mod security;
pub(crate) mod sign;
pub(crate) mod split;
pub(crate) mod verify;
