"""Processes that are forked off: a handle of the parent says so, and new ones work."""

import multiprocessing
import warnings
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

import sheaf
from conftest import MESSAGE, SLOT, sign


def prove(connection: Connection, batch: sheaf.Batch, prover: sheaf.Prover | None) -> None:
    """Sends the proof, or the exception, of a prover of the parent or one of its own."""
    try:
        with prover or sheaf.Prover(threads=1) as prover:
            connection.send(prover.aggregate(batch, form=sheaf.Form.PROOF))
    except sheaf.SheafError as error:
        connection.send(error)


def sign_in_child(connection: Connection, key: sheaf.SigningKey) -> None:
    try:
        connection.send(key.sign(6, MESSAGE))
    except sheaf.SheafError as error:
        connection.send(error)


def in_child(target: object, *arguments: object) -> object:
    """What a forked child sends, if it does within a minute and ends."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("fork")
    process = context.Process(target=target, args=(theirs, *arguments))  # type: ignore[arg-type]
    with warnings.catch_warnings():
        # Python warns of forks in processes with threads, which is what is tested here.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    assert ours.poll(60), "the child hangs"
    answer = ours.recv()
    process.join(60)
    assert process.exitcode == 0
    return answer


@pytest.fixture(scope="module")
def batch() -> sheaf.Batch:
    return sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, *sign(sheaf.TEST, 2))])


def test_a_child_makes_provers_of_its_own(prover: sheaf.Prover, batch: sheaf.Batch) -> None:
    proof = prover.aggregate(batch, form=sheaf.Form.PROOF)
    assert in_child(prove, batch, None) == proof
    assert prover.aggregate(batch, form=sheaf.Form.PROOF) == proof


def test_a_prover_of_the_parent_says_so(prover: sheaf.Prover, batch: sheaf.Batch) -> None:
    prover.aggregate(batch, form=sheaf.Form.PROOF)
    error = in_child(prove, batch, prover)
    assert isinstance(error, sheaf.ThreadsUnavailable) and "forked" in str(error)


def test_a_key_of_the_parent_says_so(prover: sheaf.Prover, tmp_path: Path) -> None:
    public, secret = prover.generate_key(sheaf.TEST, 0, 32)
    journal = tmp_path / "key.journal"
    sheaf.create_journal(sheaf.TEST, public, journal)
    with sheaf.SigningKey(prover, sheaf.TEST, secret, journal) as key:
        key.sign(5, MESSAGE)
        assert isinstance(in_child(sign_in_child, key), sheaf.JournalLocked)
        key.sign(6, MESSAGE)
