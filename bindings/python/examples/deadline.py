"""Aggregates in an event loop that goes on meanwhile, until a deadline.

    python deadline.py [SIGNATURES] [SECONDS]

A proof runs on the threads of its prover. `asyncio.to_thread` waits for it on a thread of its own, so the loop is
free for the network. Whoever stops waiting has to tell the proof: its observer is asked before each phase, and
cancels by an exception.
"""

import asyncio
import sys
import threading

import sheaf


async def aggregate(prover: sheaf.Prover, batch: sheaf.Batch, seconds: float) -> bytes | None:
    """The proof of a batch, or None if it takes longer than this."""
    late = threading.Event()

    def observe(progress: sheaf.Progress) -> None:
        if late.is_set():
            raise sheaf.Cancelled("the deadline is over")

    try:
        async with asyncio.timeout(seconds):
            return await asyncio.to_thread(prover.aggregate, batch, progress=observe)
    except TimeoutError:
        late.set()
        return None


async def main(signatures: int, seconds: float) -> None:
    slot, message = 7, bytes(32)
    signers = [sheaf.sign_once(sheaf.PROD, seed.to_bytes(32), slot, message) for seed in range(signatures)]
    keys = [key for key, _ in signers]
    batch = sheaf.Batch(sheaf.PROD, [(slot, message, keys, [signature for _, signature in signers])])
    with sheaf.Prover() as prover:
        proof = await aggregate(prover, batch, seconds)
    if proof is None:
        print(f"no proof of {signatures} signatures within {seconds} s")
        return
    sheaf.verify(sheaf.Claims(sheaf.PROD, [(slot, message, keys)]), proof)
    print(f"{signatures} signatures in a proof of {len(proof)} bytes")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    asyncio.run(main(int(arguments[0]) if arguments else 100, float(arguments[1]) if arguments[1:] else 10.0))
