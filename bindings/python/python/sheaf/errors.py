"""What can go wrong, and where."""

from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """What an exception is about, counted as the caller counts, from 0."""

    group: int
    """Index of the group."""

    signer: int | None
    """Index of the key or signature in the group; None for the whole group."""


class SheafError(ValueError):
    """A failure of this library."""

    places: tuple[Place, ...]
    """The groups and signers that it is about: all of them, in ascending order."""

    def __init__(self, message: str, places: Iterable[tuple[int, int | None]] = ()) -> None:
        super().__init__(message)
        self.places = tuple(Place(*place) for place in places)

    @property
    def indices(self) -> tuple[int, ...]:
        """The indices of the signers alone, for whoever has one group."""
        return tuple(place.signer for place in self.places if place.signer is not None)


class MalformedInput(SheafError):
    """Bytes are not what they are meant to be, a number names nothing, or an object is closed."""


class ImpossibleClaims(SheafError):
    """Groups are empty, repeat something, name a slot that does not exist, or hold too many signatures."""


class InvalidSignatures(SheafError):
    """Signatures are not valid: all those in `places`. Nothing has been proved."""


class InvalidProof(SheafError):
    """The bytes are no proof that this library can read, or do not prove the claims."""


class Cancelled(SheafError):
    """Proving was cancelled. The library does not raise it by itself; it is there for observers to raise."""


class Unsupported(SheafError):
    """A batch of this size can't be proved at this rate."""


class ThreadsUnavailable(SheafError):
    """Threads can't be started, or stayed in the parent of a forked process."""


class SlotUsed(SheafError):
    """Another message has been signed at the slot. The key must not sign this one."""


class SlotUnavailable(SheafError):
    """The key is not active at the slot, or would have to skip many slots to sign there."""


class JournalError(SheafError):
    """The journal can't be read or written, is damaged, or belongs to another key."""


class JournalLocked(JournalError):
    """The journal is in use by another signing key, perhaps of another process, such as the parent of this one."""


class JournalMissing(JournalError):
    """There is no journal. If the key has ever signed, the journal is lost, and the key must not sign again."""


class JournalExists(JournalError):
    """There is a journal, or another file, where one was to be created."""


class InternalError(SheafError):
    """A defect of the library, or the operating system gives no randomness."""
