"""The interface that leanSpec calls: its meanings for signatures of one message, without children."""

import importlib
import multiprocessing
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib import metadata

import pytest

import sheaf
from conftest import MESSAGE, SLOT, flipped, sign
from sheaf import lean_multisig_py as lean

MODES = {"test": sheaf.TEST, "prod": sheaf.PROD}


@pytest.fixture(scope="module", params=["test", "prod"])
def mode(request: pytest.FixtureRequest) -> str:
    assert isinstance(request.param, str)
    return request.param


def test_the_module_of_that_name_is_this_one() -> None:
    module = importlib.import_module("lean_multisig_py")
    for name in lean.__all__:
        assert getattr(module, name) is getattr(lean, name)
    distribution = metadata.distribution("lean-multisig-py-sheaf")
    assert distribution.version == sheaf.__version__
    assert distribution.requires == [f"sheaf=={sheaf.__version__}"]


@pytest.mark.parametrize("count", [3, 450])
def test_what_is_aggregated_verifies(mode: str, count: int) -> None:
    """Three signatures are listed, and of 450 there is a proof."""
    lean.setup_prover(mode=mode)
    keys, signatures = sign(MODES[mode], count)
    for rate in [1, 2, 3, 4]:
        proved, proof = lean.aggregate_single_message(keys, signatures, MESSAGE, SLOT, rate, mode=mode)
        assert proved == sorted(keys)
        assert type(proof) is bytes and len(proof) <= lean.MAX_PROOF_BYTES
        lean.verify_single_message_proof(keys, MESSAGE, SLOT, proof, mode=mode)
        # The mode of the set-up.
        lean.verify_single_message_proof(keys[::-1], MESSAGE, SLOT, proof)


def test_keys_are_a_set_and_the_first_signature_counts() -> None:
    keys, signatures = sign(sheaf.TEST, 3)
    twice = [*keys, keys[1], keys[0]]
    proved, proof = lean.aggregate_single_message(
        twice, [*signatures, bytes(424), signatures[0]], MESSAGE, SLOT, 1, None, mode="test"
    )
    assert proved == sorted(keys)
    assert (proved, proof) == lean.aggregate_single_message(keys, signatures, MESSAGE, SLOT, 1, mode="test")
    lean.verify_single_message_proof(twice, MESSAGE, SLOT, proof, mode="test")


def test_everything_else_is_refused() -> None:
    keys, signatures = sign(sheaf.TEST, 3)
    _, proof = lean.aggregate_single_message(keys, signatures, MESSAGE, SLOT, 1, mode="test")
    swapped = [*keys[:2], sign(sheaf.TEST, 4)[0][3]]

    def refused(call: Callable[..., None], *arguments: object, mode: str = "test") -> None:
        with pytest.raises(sheaf.SheafError):
            call(*arguments, mode=mode)

    verify = lean.verify_single_message_proof
    for data in [b"", b"\x00\x01\x02\x03", bytes(32), proof[:5], proof[:20], proof[:-4], proof + bytes(4)]:
        refused(verify, keys, MESSAGE, SLOT, data)
    for at in [0, 4, 5, 6, 10, 42, 60, len(proof) - 4]:
        refused(verify, keys, MESSAGE, SLOT, flipped(proof, at))
    refused(verify, keys, bytes(32), SLOT, proof)
    refused(verify, keys, MESSAGE, SLOT + 1, proof)
    for others in [swapped, keys[:2], [*keys, swapped[2]], []]:
        refused(verify, others, MESSAGE, SLOT, proof)
    refused(verify, keys, MESSAGE, SLOT, proof, mode="prod")
    refused(verify, keys, MESSAGE, SLOT, proof, mode="other")


def test_the_envelope_alone_convinces_nobody() -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    _, proof = lean.aggregate_single_message(keys, signatures, MESSAGE, SLOT, 1, mode="test")
    moved = proof.replace(SLOT.to_bytes(4, "little") + MESSAGE, (SLOT + 1).to_bytes(4, "little") + MESSAGE, 1)
    assert moved != proof
    with pytest.raises(sheaf.InvalidProof, match="another slot"):
        lean.verify_single_message_proof(keys, MESSAGE, SLOT, moved, mode="test")
    with pytest.raises(sheaf.InvalidProof, match="the aggregate is rejected"):
        lean.verify_single_message_proof(keys, MESSAGE, SLOT + 1, moved, mode="test")


def test_what_can_not_be_aggregated_is_a_value_error() -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    aggregate = lean.aggregate_single_message
    for slot in [-1, 2**32, 300]:
        with pytest.raises(sheaf.SheafError):
            aggregate(keys, signatures, MESSAGE, slot, 1, mode="test")
    with pytest.raises(sheaf.ImpossibleClaims):
        aggregate([], [], MESSAGE, SLOT, 1, mode="test")
    with pytest.raises(sheaf.MalformedInput, match="2 keys and 1 signatures"):
        aggregate(keys, signatures[:1], MESSAGE, SLOT, 1, mode="test")
    with pytest.raises(sheaf.MalformedInput):
        aggregate(keys, signatures, MESSAGE, SLOT, 5, mode="test")
    with pytest.raises(sheaf.InvalidSignatures):
        aggregate(keys, signatures[::-1], MESSAGE, SLOT, 1, mode="test")
    with pytest.raises(sheaf.Unsupported, match="proofs about proofs"):
        aggregate(keys, signatures, MESSAGE, SLOT, 1, [(keys, b"")], mode="test")  # type: ignore[arg-type]


def run(program: str, **environment: str) -> str:
    command = [sys.executable, "-c", f"from sheaf import lean_multisig_py as lean\n{program}"]
    environment = {**os.environ, **environment}
    return subprocess.run(command, env=environment, check=True, text=True, capture_output=True).stdout.strip()


def test_the_environment_says_how_many_threads() -> None:
    assert run("print(lean._prover().threads)", RAYON_NUM_THREADS="3") == "3"
    wrong = "try: lean.setup_prover(mode='test')\nexcept ValueError as error: print(error)"
    assert "no number of threads" in run(wrong, RAYON_NUM_THREADS="many")


def test_a_mode_has_to_come_from_somewhere() -> None:
    assert "no mode" in run("try: lean.setup_prover()\nexcept ValueError as error: print(error)")


def in_child() -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    _, proof = lean.aggregate_single_message(keys, signatures, MESSAGE, SLOT, 1, mode="test")
    lean.verify_single_message_proof(keys, MESSAGE, SLOT, proof, mode="test")


def test_a_forked_child_makes_a_prover_of_its_own() -> None:
    lean.setup_prover(mode="test")
    process = multiprocessing.get_context("fork").Process(target=in_child)
    with warnings.catch_warnings():
        # Python warns of forks in processes with threads, which is what is tested here.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    process.join(60)
    assert process.exitcode == 0
