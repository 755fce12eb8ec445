"""Aggregates many hash-based (XMSS) signatures into one succinct, post-quantum proof.

Many signers sign one message at one slot, as validators of Lean Ethereum do. A `Prover` turns a `Batch` of such
signatures into a proof; `verify` checks it against the `Claims` that the verifier expects, and against nothing else:
messages, slots and keys are not in the proof, so there is nothing in it that a caller could forget to compare.

>>> import sheaf
>>> slot, message = 7, bytes(32)
>>> signers = [sheaf.sign_once(sheaf.TEST, bytes([seed]) * 32, slot, message) for seed in range(3)]
>>> keys, signatures = zip(*signers)
>>> with sheaf.Prover(threads=2) as prover:
...     proof = prover.aggregate(sheaf.Batch(sheaf.TEST, [(slot, message, keys, signatures)]))

Elsewhere: the verifier knows who should have signed what.

>>> claims = sheaf.Claims(sheaf.TEST, [(slot, message, keys)])
>>> sheaf.verify(claims, proof)
>>> sheaf.verify(sheaf.Claims(sheaf.TEST, [(slot, message, keys[:2])]), proof)
Traceback (most recent call last):
    ...
sheaf.errors.InvalidProof: the aggregate is rejected: it lists 3 signatures, the claims are about 2

* Keys, signatures and proofs are `bytes`. Whatever has bytes in it is taken where they are expected: `bytearray`,
  `memoryview`, NumPy arrays; and where there are many, also tables with one in each row.
* Few signatures are smaller than any proof, and stand in its place: `Prover.aggregate` makes the smaller one, or the
  `Form` that it is asked for, and `verify` takes both.
* A proof is a function of the batch and the rate: the order of groups and signers, the number of threads and the CPU
  change no byte of it.
* Other threads of Python run while the library works. A signal interrupts it.
* Every failure is a `SheafError`; those about signatures name the places of all of them.
"""

from sheaf._levels import choose as _choose

# Before anything else uses the native module.
_choose()

from sheaf._native import (
    Batch,
    BuildInfo,
    Claims,
    Progress,
    ProofInfo,
    Prover,
    SigningKey,
    build_info,
    create_journal,
    inspect,
    sign_once,
    verify,
    verify_signature,
)
from sheaf._parameters import Form, Rate, Scheme
from sheaf.errors import (
    Cancelled,
    ImpossibleClaims,
    InternalError,
    InvalidProof,
    InvalidSignatures,
    JournalError,
    JournalExists,
    JournalLocked,
    JournalMissing,
    MalformedInput,
    Place,
    SheafError,
    SlotUnavailable,
    SlotUsed,
    ThreadsUnavailable,
    Unsupported,
)

__version__: str = build_info().version

PROD = Scheme.PROD
TEST = Scheme.TEST
COMPACT = Scheme.COMPACT
COMPACT_TEST = Scheme.COMPACT_TEST

__all__ = [
    "COMPACT",
    "COMPACT_TEST",
    "PROD",
    "TEST",
    "Batch",
    "BuildInfo",
    "Cancelled",
    "Claims",
    "Form",
    "ImpossibleClaims",
    "InternalError",
    "InvalidProof",
    "InvalidSignatures",
    "JournalError",
    "JournalExists",
    "JournalLocked",
    "JournalMissing",
    "MalformedInput",
    "Place",
    "Progress",
    "ProofInfo",
    "Prover",
    "Rate",
    "Scheme",
    "SheafError",
    "SigningKey",
    "SlotUnavailable",
    "SlotUsed",
    "ThreadsUnavailable",
    "Unsupported",
    "build_info",
    "create_journal",
    "inspect",
    "sign_once",
    "verify",
    "verify_signature",
]
