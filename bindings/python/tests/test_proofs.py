"""Proofs of all schemes at all rates, and lists of signatures in their place: made, verified, refused and looked at."""

import pickle

import pytest

import sheaf
from conftest import MESSAGE, SLOT, flipped, sign

FORMS = [sheaf.Form.RAW, sheaf.Form.PROOF]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("scheme", sheaf.Scheme)
def test_every_scheme_is_proved_and_verified(prover: sheaf.Prover, scheme: sheaf.Scheme, form: sheaf.Form) -> None:
    keys, signatures = sign(scheme, 3)
    batch = sheaf.Batch(scheme, [(SLOT, MESSAGE, keys, signatures)])
    proof = prover.aggregate(batch, form=form)
    claims = sheaf.Claims(scheme, [(SLOT, MESSAGE, keys)])
    assert claims == batch.claims
    assert claims.scheme is scheme and batch.scheme is scheme
    sheaf.verify(claims, proof)
    info = sheaf.inspect(proof)
    assert info.scheme is scheme and info.form is form
    for other in sheaf.Scheme:
        if other is not scheme and other.public_key_bytes == scheme.public_key_bytes:
            with pytest.raises(sheaf.InvalidProof):
                sheaf.verify(sheaf.Claims(other, [(SLOT, MESSAGE, keys)]), proof)


def test_rates_trade_time_for_size(prover: sheaf.Prover) -> None:
    keys, signatures = sign(sheaf.PROD, 20)
    batch = sheaf.Batch(sheaf.PROD, [(SLOT, MESSAGE, keys, signatures)])
    proofs = {rate: prover.aggregate(batch, rate, form=sheaf.Form.PROOF) for rate in sheaf.Rate}
    sizes = [len(proof) for proof in proofs.values()]
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == len(sizes)
    for rate, proof in proofs.items():
        sheaf.verify(batch.claims, proof)
        info = sheaf.inspect(proof)
        assert info.rate is rate
        assert info.size == len(proof)
        assert info.version == sheaf.build_info().proof_version
        assert info.least_security_bits is not None and 128 <= info.least_security_bits < 192
    with pytest.raises(sheaf.MalformedInput, match="names no rate"):
        prover.aggregate(batch, 5)


def test_no_order_and_no_number_of_threads_changes_a_proof() -> None:
    first = sign(sheaf.TEST, 4)
    second = sign(sheaf.TEST, 2, slot=9)
    groups = [(SLOT, MESSAGE, *first), (9, MESSAGE, *second)]
    turned = [(9, MESSAGE, *second), (SLOT, MESSAGE, first[0][::-1], first[1][::-1])]
    proofs: set[bytes] = set()
    for threads, order in [(1, groups), (2, turned), (3, groups)]:
        with sheaf.Prover(threads) as prover:
            assert prover.threads == threads
            proofs.update(prover.aggregate(sheaf.Batch(sheaf.TEST, order), form=form) for form in FORMS)
    assert len(proofs) == len(FORMS)


@pytest.mark.parametrize("form", FORMS)
def test_other_claims_are_refused(prover: sheaf.Prover, form: sheaf.Form) -> None:
    keys, signatures = sign(sheaf.TEST, 3)
    proof = prover.aggregate(sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, keys, signatures)]), form=form)
    others = [
        (SLOT + 1, MESSAGE, keys),
        (SLOT, bytes(32), keys),
        (SLOT, MESSAGE, keys[:2]),
        (SLOT, MESSAGE, [*keys, sign(sheaf.TEST, 4)[0][3]]),
    ]
    for other in others:
        with pytest.raises(sheaf.InvalidProof):
            sheaf.verify(sheaf.Claims(sheaf.TEST, [other]), proof)


@pytest.mark.parametrize("form", FORMS)
def test_changed_bytes_are_refused(prover: sheaf.Prover, form: sheaf.Form) -> None:
    keys, signatures = sign(sheaf.TEST, 2)
    proof = prover.aggregate(sheaf.Batch(sheaf.TEST, [(SLOT, MESSAGE, keys, signatures)]), form=form)
    claims = sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, keys)])
    bad = [b"", bytes(32), proof[:-4], proof + bytes(4)]
    bad += [flipped(proof, at) for at in [0, 4, 5, 6, 7, 8, len(proof) // 2, len(proof) - 4]]
    for data in bad:
        with pytest.raises(sheaf.InvalidProof):
            sheaf.verify(claims, data)


def test_claims_are_bytes_and_back() -> None:
    keys, _ = sign(sheaf.TEST, 3)
    groups = [(SLOT, MESSAGE, keys[:2]), (9, bytes(32), keys)]
    claims = sheaf.Claims(sheaf.TEST, groups)
    assert claims.groups == groups
    assert claims.signatures == 5
    for copy in [sheaf.Claims.from_bytes(claims.to_bytes()), pickle.loads(pickle.dumps(claims))]:
        assert copy == claims and copy.scheme is sheaf.TEST
    assert claims != sheaf.Claims(sheaf.TEST, groups[:1])
    with pytest.raises(sheaf.MalformedInput, match="do not mark claims"):
        sheaf.Claims.from_bytes(b"no claims at all")


def test_impossible_claims_name_their_places() -> None:
    keys, _ = sign(sheaf.TEST, 2)

    def places(*groups: tuple[int, bytes, list[bytes]]) -> tuple[sheaf.Place, ...]:
        with pytest.raises(sheaf.ImpossibleClaims) as caught:
            sheaf.Claims(sheaf.TEST, groups).check()
        return caught.value.places

    assert places() == ()
    assert places((SLOT, MESSAGE, keys), (8, MESSAGE, [])) == ((1, None),)
    assert places((256, MESSAGE, keys)) == ((0, None),)
    assert places((SLOT, MESSAGE, keys), (SLOT, MESSAGE, keys[:1])) == ((0, None), (1, None))
    assert places((SLOT, MESSAGE, [keys[0], keys[1], keys[0]])) == ((0, 0), (0, 2))
    sheaf.Claims(sheaf.TEST, [(SLOT, MESSAGE, keys)]).check()


def test_few_signatures_are_listed_unless_a_proof_is_asked_for(prover: sheaf.Prover) -> None:
    keys, signatures = sign(sheaf.PROD, 10)
    batch = sheaf.Batch(sheaf.PROD, [(SLOT, MESSAGE, keys, signatures)])
    listed = prover.aggregate(batch)
    assert len(listed) == 8 + 10 * sheaf.PROD.signature_bytes
    for rate in sheaf.Rate:
        assert prover.aggregate(batch, rate) == prover.aggregate(batch, form=sheaf.Form.RAW) == listed
    sheaf.verify(batch.claims, listed)
    info = sheaf.inspect(listed)
    assert (info.form, info.rate, info.least_security_bits) == (sheaf.Form.RAW, None, None)
    assert repr(info) == f"<ProofInfo: version 3, scheme prod, raw, {len(listed)} bytes>"
    assert len(prover.aggregate(batch, form=sheaf.Form.PROOF)) > len(listed)
    with pytest.raises(sheaf.MalformedInput, match="names no form"):
        prover.aggregate(batch, form=3)

    seen: list[sheaf.Progress] = []
    prover.aggregate(batch, progress=seen.append)
    assert [(progress.done, progress.total, progress.waiting) for progress in seen] == [(0, 1, False)]

    key = min(range(10), key=keys.__getitem__)
    with pytest.raises(sheaf.InvalidProof, match=f"signature {key} of group 0") as caught:
        sheaf.verify(batch.claims, flipped(listed, 8 + 1000))
    assert caught.value.places == ((0, key),)


@pytest.mark.parametrize("form", FORMS)
def test_all_invalid_signatures_are_named(prover: sheaf.Prover, form: sheaf.Form) -> None:
    keys, signatures = sign(sheaf.TEST, 5)
    wrong = [signatures[0], signatures[2], signatures[1], signatures[3], signatures[4]]
    other = sign(sheaf.TEST, 2, slot=9)
    groups = [(9, MESSAGE, *other), (SLOT, MESSAGE, keys, wrong)]
    with pytest.raises(sheaf.InvalidSignatures, match="2 signatures are not valid") as caught:
        prover.aggregate(sheaf.Batch(sheaf.TEST, groups), form=form)
    assert caught.value.places == ((1, 1), (1, 2))
    assert caught.value.indices == (1, 2)
    assert caught.value.places[0].group == 1 and caught.value.places[0].signer == 1


def test_single_signatures_are_verified() -> None:
    for scheme in sheaf.Scheme:
        key, signature = sheaf.sign_once(scheme, bytes(32), SLOT, MESSAGE)
        assert (len(key), len(signature)) == (scheme.public_key_bytes, scheme.signature_bytes)
        sheaf.verify_signature(scheme, key, SLOT, MESSAGE, signature)
        with pytest.raises(sheaf.InvalidSignatures):
            sheaf.verify_signature(scheme, key, SLOT, bytes(32), signature)
