//! What there is to say about a proof about a run, and about an input of a program.

use sheaf_guests::catalogue::Guest;
use sheaf_machine::{PROTOCOL_VERSION, Proof, Setup};
use sheaf_transcript::header;
