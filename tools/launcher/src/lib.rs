//! What the launcher of the command knows of CPUs, for others that choose among builds: the Python package does.

#![forbid(unsafe_code)]

pub mod levels;
