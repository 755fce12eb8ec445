"""Whatever has bytes in it is taken, and what has none is refused in words."""

import array
import itertools
from collections.abc import Iterator
from typing import Any

import numpy
import pytest

import sheaf
from conftest import MESSAGE, SLOT, sign


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: array.array("B", data)])
def test_objects_with_bytes_are_taken_everywhere(prover: sheaf.Prover, kind: type[bytes]) -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    rows = [kind(key) for key in keys], (kind(signature) for signature in signatures)
    batch = sheaf.Batch(sheaf.TEST, [(SLOT, kind(MESSAGE), *rows)])
    claims = sheaf.Claims(sheaf.TEST, [(SLOT, kind(MESSAGE), [kind(key) for key in keys])])
    assert batch.claims == claims
    proof = prover.aggregate(batch, form=sheaf.Form.PROOF)
    sheaf.verify(claims, kind(proof))
    assert sheaf.inspect(kind(proof)).size == len(proof)
    assert sheaf.Claims.from_bytes(kind(claims.to_bytes())) == claims
    sheaf.verify_signature(sheaf.TEST, kind(keys[0]), SLOT, kind(MESSAGE), kind(signatures[0]))
    assert sheaf.sign_once(sheaf.TEST, kind(bytes(32)), SLOT, kind(MESSAGE))[0] == keys[0]


@pytest.mark.parametrize("scheme", sheaf.Scheme)
def test_tables_of_keys_and_signatures_are_taken(prover: sheaf.Prover, scheme: sheaf.Scheme) -> None:
    keys, signatures = sign(scheme, 4)
    tables = [numpy.frombuffer(b"".join(rows), dtype=numpy.uint8).reshape(4, -1) for rows in (keys, signatures)]
    assert [table.shape[1] for table in tables] == [scheme.public_key_bytes, scheme.signature_bytes]
    expected = sheaf.Batch(scheme, [(SLOT, MESSAGE, keys, signatures)])
    proof = prover.aggregate(expected, form=sheaf.Form.PROOF)
    turned = [numpy.asfortranarray(table) for table in tables]
    spread = [numpy.repeat(table, 2, axis=0)[::2] for table in tables]
    backwards = [table[::-1] for table in tables]
    views = [memoryview(table) for table in tables]
    kinds: list[list[Any]] = [tables, turned, spread, backwards, views]
    for key_table, signature_table in kinds:
        batch = sheaf.Batch(scheme, [(SLOT, MESSAGE, key_table, signature_table)])
        assert prover.aggregate(batch, form=sheaf.Form.PROOF) == proof
    sheaf.verify(sheaf.Claims(scheme, [(SLOT, MESSAGE, tables[0])]), proof)


def test_a_table_that_changes_later_changes_nothing(prover: sheaf.Prover) -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    table = numpy.array([list(signature) for signature in signatures], dtype=numpy.uint8)
    batch = sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, keys, table)])
    table[:] = 0
    sheaf.verify(batch.claims, prover.aggregate(batch, form=sheaf.Form.PROOF))


def test_all_malformed_keys_and_signatures_are_named() -> None:
    keys, signatures = sign(sheaf.TEST, 3)
    keys[0] = b"\xff" * 52
    signatures[2] = signatures[2][:-1]
    good = sign(sheaf.TEST, 1)
    with pytest.raises(sheaf.MalformedInput, match="signer 2 of group 1: signature is 423 bytes long") as caught:
        sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, *good), (9, MESSAGE, keys, signatures)])
    assert caught.value.places == ((1, 0), (1, 2))
    with pytest.raises(sheaf.MalformedInput) as caught:
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, numpy.zeros((2, 51), dtype=numpy.uint8))])
    assert caught.value.indices == (0, 1)


def test_numbers_that_name_nothing_are_refused() -> None:
    for scheme in [0, 5, 2**32, -1]:
        with pytest.raises(sheaf.MalformedInput):
            sheaf.Claims(scheme, [])
        with pytest.raises(ValueError, match="is not a valid Scheme"):
            sheaf.Scheme(scheme)
    keys, signatures = sign(sheaf.TEST, 2)
    for slot in [-1, 2**32, 2**80]:
        with pytest.raises(sheaf.MalformedInput, match="is not from 0 to 4294967295"):
            sheaf.Claims(sheaf.TEST, [(slot, MESSAGE, keys)])
    for message in [b"", bytes(31), bytes(33)]:
        with pytest.raises(sheaf.MalformedInput, match="a message of"):
            sheaf.Claims(sheaf.TEST, [(SLOT, message, keys)])
    with pytest.raises(sheaf.MalformedInput, match="2 keys and 1 signatures") as caught:
        sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, keys, signatures[:1])])
    assert caught.value.places == ((0, None),)


@pytest.mark.parametrize(
    "keys",
    [
        "text",
        ["text"],
        [[1, 2, 3]],
        7,
        None,
        b"one key is no sequence of keys",
        numpy.zeros(52, dtype=numpy.uint8),
        numpy.zeros((1, 52), dtype=numpy.int32),
        numpy.zeros((1, 2, 26), dtype=numpy.uint8),
        [numpy.zeros((1, 52), dtype=numpy.uint8)],
    ],
)
def test_other_objects_are_type_errors(keys: list[bytes]) -> None:
    with pytest.raises(TypeError):
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, keys)])


def test_buffers_that_can_not_be_read_say_so() -> None:
    released = memoryview(bytes(52))
    released.release()
    with pytest.raises(ValueError, match="released"):
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, [released])])
    with pytest.raises(BufferError):
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, numpy.zeros((), dtype=numpy.uint8))])


def test_no_more_is_read_than_a_proof_covers() -> None:
    key = sign(sheaf.TEST, 1)[0][0]
    with pytest.raises(sheaf.ImpossibleClaims, match="65537"):
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, itertools.repeat(key))])
    for rows in [2**40, 2**17]:
        with pytest.raises(sheaf.ImpossibleClaims):
            sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, numpy.zeros((rows, 0), dtype=numpy.uint8))])


def test_exceptions_of_an_iterator_come_through() -> None:
    def keys() -> Iterator[bytes]:
        yield bytes(52)
        raise LookupError("of the caller")

    with pytest.raises(LookupError, match="of the caller"):
        sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, keys())])
