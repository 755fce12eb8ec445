"""The numbers that name schemes, rates and forms."""

from enum import IntEnum
from typing import Self

from sheaf import _native


class Scheme(IntEnum):
    """A signature scheme."""

    public_key_bytes: int
    """Bytes in a public key."""

    signature_bytes: int
    """Bytes in a signature."""

    lifetime: int
    """Number of slots in the life of a key."""

    is_for_tests: bool
    """Whether the scheme gives no security."""

    def __new__(cls, value: int) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        facts = _native.scheme_facts(value)
        member.public_key_bytes, member.signature_bytes, member.lifetime, member.is_for_tests = facts
        return member

    PROD = 1
    """The scheme of Lean Ethereum clients."""

    TEST = 2
    """PROD with parameters for tests: fast keys, 256 slots, no security."""

    COMPACT = 3
    """Public keys of 32 bytes, signatures of 1208, digests of 124 bits."""

    COMPACT_TEST = 4
    """COMPACT with parameters for tests: fast keys, 256 slots, no security."""


class Rate(IntEnum):
    """The rate of the code under a proof: r stands for 2^-r. Lower rates make smaller proofs, and take longer to prove.

    All rates are equally secure.
    """

    HALF = 1
    """Rate 1/2: the fastest proving, the largest proofs."""

    QUARTER = 2
    """Rate 1/4."""

    EIGHTH = 3
    """Rate 1/8."""

    SIXTEENTH = 4
    """Rate 1/16: the slowest proving, the smallest proofs."""


class Form(IntEnum):
    """What is made of signatures."""

    AUTO = 0
    """The smaller one of the two others."""

    RAW = 1
    """A list of the signatures: few of them are smaller than any proof."""

    PROOF = 2
    """A proof."""
