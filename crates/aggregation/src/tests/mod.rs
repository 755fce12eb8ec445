//! Tests of the proof system as a whole.

mod cheating;
