"""Python runs while the library works: signals, observers, other threads and event loops."""

import _thread
import asyncio
import signal
import threading
import time
from collections.abc import Iterator

import pytest

import sheaf

LATEST = 0.1
"""Seconds within which an interruption has to be raised. The best of several counts, for the machine may be busy."""


@pytest.fixture
def alarm() -> Iterator[list[float]]:
    """When SIGALRM was handled, with a handler that raises KeyboardInterrupt as Python's own of SIGINT does."""
    handled: list[float] = []

    def handle(*_: object) -> None:
        handled.append(time.monotonic())
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handle)
    yield handled
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def prove_on(prover: sheaf.Prover, batch: sheaf.Batch) -> None:
    """Proofs until something interrupts one: where the machine is busy, the first may be over before that."""
    for _ in range(100):
        prover.aggregate(batch)


def test_a_signal_interrupts_a_proof(prover: sheaf.Prover, long_batch: sheaf.Batch, alarm: list[float]) -> None:
    proof = prover.aggregate(long_batch)
    latencies = []
    for delay in [0.01, 0.03, 0.05]:
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, delay)
        with pytest.raises(KeyboardInterrupt):
            prove_on(prover, long_batch)
        latencies.append(time.monotonic() - start - delay)
    assert len(alarm) == 3
    assert min(latencies) < LATEST
    # Waits for the phase that is still under way, and is not disturbed by it.
    assert prover.aggregate(long_batch) == proof


def test_a_signal_interrupts_the_making_of_a_key(prover: sheaf.Prover, alarm: list[float]) -> None:
    start = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    with pytest.raises(KeyboardInterrupt):
        prover.generate_key(sheaf.PROD, 0, 2**20)
    assert time.monotonic() - start < 0.1 + LATEST


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Python's own handler of SIGINT, which processes in the background of a shell are started without."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_another_thread_interrupts_the_main_one(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    def interrupt() -> None:
        time.sleep(0.05)
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        prove_on(prover, long_batch)
    thread.join()


def test_an_observer_is_told_every_phase_on_the_calling_thread(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    seen: list[sheaf.Progress] = []
    threads = set()

    def watch(progress: sheaf.Progress) -> None:
        threads.add(threading.current_thread())
        if not progress.waiting:
            seen.append(progress)

    prover.aggregate(long_batch, progress=watch)
    assert threads == {threading.current_thread()}
    assert [progress.done for progress in seen] == list(range(len(seen)))
    assert {progress.total for progress in seen} == {len(seen)}
    assert len({progress.phase for progress in seen}) == len(seen) > 3
    assert repr(seen[1]).startswith("<Progress: 1 of ")


def test_what_an_observer_raises_cancels(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    class Enough(Exception):
        pass

    def watch(progress: sheaf.Progress) -> None:
        if progress.done == 2:
            raise Enough

    with pytest.raises(Enough):
        prover.aggregate(long_batch, progress=watch)
    sheaf.verify(long_batch.claims, prover.aggregate(long_batch))


def test_other_threads_run_during_a_proof(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    ticks = 0
    done = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.wait(0.002):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    prover.aggregate(long_batch)
    done.set()
    thread.join()
    assert ticks >= 5


def test_proofs_of_one_prover_wait_for_each_other(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    waited = []
    proofs = []

    def prove() -> None:
        proofs.append(prover.aggregate(long_batch, progress=lambda progress: waited.append(progress.waiting)))

    threads = [threading.Thread(target=prove) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(proofs) == 3 and len(set(proofs)) == 1
    assert any(waited) and not all(waited)


def test_an_event_loop_goes_on(prover: sheaf.Prover, long_batch: sheaf.Batch) -> None:
    async def main() -> int:
        proof = asyncio.create_task(asyncio.to_thread(prover.aggregate, long_batch))
        turns = 0
        while not proof.done():
            await asyncio.sleep(0.002)
            turns += 1
        sheaf.verify(long_batch.claims, await proof)
        return turns

    assert asyncio.run(main()) >= 5
