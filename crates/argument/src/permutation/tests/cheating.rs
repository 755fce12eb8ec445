//! Cheating provers.
