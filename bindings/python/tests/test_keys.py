"""Keys are made, sign under their journals, and no slot twice."""

import threading
from pathlib import Path

import pytest

import sheaf
from conftest import MESSAGE


def make(prover: sheaf.Prover, scheme: sheaf.Scheme, directory: Path, slots: int = 32) -> tuple[bytes, bytes, Path]:
    public, secret = prover.generate_key(scheme, 0, slots)
    journal = directory / "key.journal"
    sheaf.create_journal(scheme, public, journal)
    return public, secret, journal


@pytest.mark.parametrize("scheme", [sheaf.TEST, sheaf.COMPACT_TEST, sheaf.COMPACT])
def test_a_key_signs_each_slot_once_even_when_opened_again(
    prover: sheaf.Prover, scheme: sheaf.Scheme, tmp_path: Path
) -> None:
    public, secret, journal = make(prover, scheme, tmp_path)
    with sheaf.SigningKey(prover, scheme, secret, journal) as key:
        assert key.public_key == public
        assert key.active_slots == range(32)
        signature = key.sign(5, MESSAGE)
    sheaf.verify_signature(scheme, public, 5, MESSAGE, signature)
    with sheaf.SigningKey(prover, scheme, secret, str(journal)) as key:
        assert key.sign(5, MESSAGE) == signature
        with pytest.raises(sheaf.SlotUsed):
            key.sign(5, bytes(32))
        with pytest.raises(sheaf.SlotUnavailable):
            key.sign(200, MESSAGE)


def test_signatures_of_kept_keys_are_aggregated(prover: sheaf.Prover, tmp_path: Path) -> None:
    keys, signatures = [], []
    for name in ["alice", "bob", "carol"]:
        directory = tmp_path / name
        directory.mkdir()
        public, secret, journal = make(prover, sheaf.TEST, directory)
        with sheaf.SigningKey(prover, sheaf.TEST, secret, journal) as key:
            keys.append(public)
            signatures.append(key.sign(7, MESSAGE))
    batch = sheaf.Batch(sheaf.TEST, [(7, MESSAGE, keys, signatures)])
    sheaf.verify(batch.claims, prover.aggregate(batch, form=sheaf.Form.PROOF))


def test_journals_are_guarded(prover: sheaf.Prover, tmp_path: Path) -> None:
    public, secret = prover.generate_key(sheaf.TEST, 0, 32)
    journal = tmp_path / "key.journal"
    with pytest.raises(sheaf.JournalMissing):
        sheaf.SigningKey(prover, sheaf.TEST, secret, journal)
    with pytest.raises(sheaf.JournalError):
        sheaf.create_journal(sheaf.TEST, public, tmp_path / "none" / "key.journal")
    sheaf.create_journal(sheaf.TEST, public, journal)
    with pytest.raises(sheaf.JournalExists):
        sheaf.create_journal(sheaf.TEST, public, journal)
    with sheaf.SigningKey(prover, sheaf.TEST, secret, journal), pytest.raises(sheaf.JournalLocked):
        sheaf.SigningKey(prover, sheaf.TEST, secret, journal)
    other = prover.generate_key(sheaf.TEST, 0, 32)[1]
    with pytest.raises(sheaf.JournalError, match="another public key"):
        sheaf.SigningKey(prover, sheaf.TEST, other, journal)
    with pytest.raises(sheaf.MalformedInput):
        sheaf.SigningKey(prover, sheaf.TEST, secret[:-1], journal)


def test_the_window_moves(prover: sheaf.Prover, tmp_path: Path) -> None:
    _, secret, journal = make(prover, sheaf.TEST, tmp_path, slots=80)
    with sheaf.SigningKey(prover, sheaf.TEST, secret, journal) as key:
        assert key.window_slots == range(0, 32)
        assert key.advance()
        assert key.window_slots == range(16, 48)
        # A slot that was passed can still be signed.
        assert key.sign(3, MESSAGE)
        assert key.window_slots == range(0, 32)
        with pytest.raises(sheaf.SlotUnavailable):
            key.sign(70, MESSAGE)
        key.skip_to(70)
        assert key.window_slots == range(48, 80)
        assert not key.advance()
        stored = key.to_bytes()
    with sheaf.SigningKey(prover, sheaf.TEST, stored, journal) as key:
        assert key.window_slots == range(48, 80)


def test_what_is_closed_says_so(tmp_path: Path) -> None:
    with sheaf.Prover(threads=1) as prover:
        _, secret, journal = make(prover, sheaf.TEST, tmp_path)
        key = sheaf.SigningKey(prover, sheaf.TEST, secret, journal)
        prover.release_memory()
    with pytest.raises(sheaf.MalformedInput, match="the prover is closed"):
        prover.generate_key(sheaf.TEST, 0, 32)
    with pytest.raises(sheaf.MalformedInput, match="the prover is closed"):
        assert prover.threads
    assert key.sign(3, MESSAGE), "the key keeps what it needs of the prover"
    key.close()
    key.close()
    with pytest.raises(sheaf.MalformedInput, match="the key is closed"):
        key.sign(4, MESSAGE)
    assert "closed" in repr(prover)


def test_threads_take_turns_with_a_key(prover: sheaf.Prover, tmp_path: Path) -> None:
    public, secret, journal = make(prover, sheaf.TEST, tmp_path)
    signatures: dict[int, bytes] = {}
    with sheaf.SigningKey(prover, sheaf.TEST, secret, journal) as key:

        def sign(slot: int) -> None:
            signatures[slot] = key.sign(slot, MESSAGE)

        threads = [threading.Thread(target=sign, args=(slot,)) for slot in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(signatures) == 8
    for slot, signature in signatures.items():
        sheaf.verify_signature(sheaf.TEST, public, slot, MESSAGE, signature)


def test_making_a_key_tells_how_far_it_is_and_can_be_cancelled(prover: sheaf.Prover) -> None:
    seen = []

    def watch(progress: sheaf.Progress) -> None:
        seen.append((progress.done, progress.total, progress.phase))

    prover.generate_key(sheaf.TEST, 0, 256, watch)
    assert seen[-1] == (256, 256, "leaves")
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)

    def cancel(progress: sheaf.Progress) -> None:
        raise sheaf.Cancelled("enough")

    with pytest.raises(sheaf.Cancelled, match="enough"):
        prover.generate_key(sheaf.COMPACT, 0, 2**14, progress=cancel)
    with pytest.raises(sheaf.MalformedInput):
        prover.generate_key(sheaf.TEST, 255, 2)
