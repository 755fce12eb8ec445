"""What most tests start from."""

from collections.abc import Iterator

import pytest

import sheaf

SLOT = 7
MESSAGE = bytes(range(32))

type Signers = tuple[list[bytes], list[bytes]]


def sign(scheme: sheaf.Scheme, count: int, slot: int = SLOT, message: bytes = MESSAGE) -> Signers:
    """Keys and signatures of so many signers, always the same."""
    signers = [sheaf.sign_once(scheme, number.to_bytes(32), slot, message) for number in range(count)]
    return [key for key, _ in signers], [signature for _, signature in signers]


@pytest.fixture(scope="session")
def prover() -> Iterator[sheaf.Prover]:
    with sheaf.Prover(threads=2) as prover:
        yield prover


@pytest.fixture(scope="session")
def long_batch() -> sheaf.Batch:
    """A batch whose proof takes some tenths of a second."""
    return sheaf.Batch(sheaf.PROD, [(SLOT, MESSAGE, *sign(sheaf.PROD, 512))])


def flipped(data: bytes, at: int) -> bytes:
    """Bytes with one bit of one byte changed."""
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
