"""The interface of the module `lean_multisig_py`, which the executable specification of Lean Ethereum calls.

It aggregates signatures of one message at one slot, and verifies the proof. What it lacks of that interface needs
proofs about proofs: children, merging and splitting.

* `mode` is "test" or "prod", for the schemes TEST and PROD; that of the last set-up if it is not given.
* Keys are a set: they may come in any order, and repeated ones count once, with their first signature.
* Proofs are opaque bytes of at most 512 KiB. They carry message and slot, which are compared with what is expected.
* Every failure is a `ValueError`.
* The prover is made when it is first needed, once per process, with as many threads as the environment's
  RAYON_NUM_THREADS says, or one per core.
"""

import os
from collections.abc import Sequence

import sheaf
from sheaf import _envelope
from sheaf.errors import InvalidProof, MalformedInput, Unsupported

__all__ = ["aggregate_single_message", "setup_prover", "setup_verifier", "verify_single_message_proof"]

MAX_PROOF_BYTES = 512 << 10
"""The most bytes that a proof may have."""

_SCHEMES = {"test": sheaf.TEST, "prod": sheaf.PROD}
_set_up: list[str] = []


_made: dict[str, sheaf.Prover] = {}
# The threads of a prover stay in the parent.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_made.clear)


def _prover() -> sheaf.Prover:
    if prover := _made.get("prover"):
        return prover
    threads = os.environ.get("RAYON_NUM_THREADS", "0")
    if not threads.isdecimal():
        raise MalformedInput(f"RAYON_NUM_THREADS is {threads!r}, which is no number of threads")
    # Another thread may have been faster.
    return _made.setdefault("prover", sheaf.Prover(int(threads)))


def _scheme(mode: str | None) -> sheaf.Scheme:
    if mode is None:
        if not _set_up:
            raise MalformedInput("no mode, neither as an argument nor by an earlier set-up")
        mode = _set_up[-1]
    if mode not in _SCHEMES:
        raise MalformedInput(f"the mode is {mode!r}, not test or prod")
    return _SCHEMES[mode]


def setup_verifier(*, mode: str | None = None) -> None:
    """Makes `mode` the one of calls that name none. Verification needs nothing else."""
    _scheme(mode)
    if mode is not None:
        _set_up[:] = [mode]


def setup_prover(*, mode: str | None = None) -> None:
    """As `setup_verifier`, and makes the prover, which would be made when it is first needed."""
    setup_verifier(mode=mode)
    _prover()


def aggregate_single_message(
    pub_keys_bytes: Sequence[bytes],
    signatures_bytes: Sequence[bytes],
    message_hash: bytes,
    slot: int,
    log_inv_rate: int,
    children_bytes: None = None,
    *,
    mode: str | None = None,
) -> tuple[list[bytes], bytes]:
    """Proves that all keys have signed the message at the slot.

    Returns the keys, ascending and once each, and the proof.
    """
    scheme = _scheme(mode)
    if children_bytes:
        raise Unsupported("proofs can't be children of another: this version makes no proofs about proofs")
    if len(pub_keys_bytes) != len(signatures_bytes):
        raise MalformedInput(f"{len(pub_keys_bytes)} keys and {len(signatures_bytes)} signatures")
    signers: dict[bytes, bytes] = {}
    for key, signature in zip(pub_keys_bytes, signatures_bytes, strict=True):
        signers.setdefault(key, signature)
    keys = sorted(signers)
    batch = sheaf.Batch(scheme, [(slot, message_hash, keys, [signers[key] for key in keys])])
    proof = _envelope.seal([(message_hash, slot)], _prover().aggregate(batch, log_inv_rate))
    if len(proof) > MAX_PROOF_BYTES:
        raise Unsupported(f"the proof has {len(proof)} bytes, more than {MAX_PROOF_BYTES}")
    return keys, proof


def verify_single_message_proof(
    pub_keys_bytes: Sequence[bytes],
    message_hash: bytes,
    slot: int,
    sig_bytes: bytes,
    *,
    mode: str | None = None,
) -> None:
    """Raises an exception unless the proof proves that exactly these keys have signed the message at the slot."""
    scheme = _scheme(mode)
    components, proof = _envelope.unseal(sig_bytes)
    if components != [(message_hash, slot)]:
        raise InvalidProof("the proof is about another message or another slot")
    sheaf.verify(sheaf.Claims(scheme, [(slot, message_hash, set(pub_keys_bytes))]), proof)
