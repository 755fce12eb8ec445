//! The command as a user runs it: exit codes, files, and what it prints.

mod batches;
mod claims;
mod compact;
mod help;
mod inspecting;
mod keys;
mod lists;
mod measuring;
mod merging;
mod outputs;
mod programs;
mod proofs;
mod sandbox;
mod signing;
