"""A proof with the messages and slots that it is about, for interfaces whose proofs carry them.

Proofs of this library carry neither messages nor slots: a verifier states what it expects. Whoever has to know what
a proof is about before it is verified writes it in front:

    b"shfm"                    magic
    1 byte                     version of the envelope: 1
    1 byte                     number of components
    36 bytes per component     slot (4 bytes, little-endian) and message (32 bytes)
    the rest                   the proof

The envelope binds nothing by itself. A verifier compares it with what it expects, and the proof with the same.
"""

import struct
from collections.abc import Sequence

from sheaf.errors import InvalidProof, MalformedInput

Component = tuple[bytes, int]
"""A message, and the slot at which it was signed."""

_HEAD = struct.Struct("<4sBB")
_COMPONENT = struct.Struct("<I32s")
_MAGIC = b"shfm"
_VERSION = 1


def seal(components: Sequence[Component], proof: bytes) -> bytes:
    """The envelope of a proof about these components."""
    try:
        head = _HEAD.pack(_MAGIC, _VERSION, len(components))
        return b"".join([head, *(_COMPONENT.pack(slot, message) for message, slot in components), proof])
    except struct.error as error:
        raise MalformedInput(f"no envelope has such components: {error}") from None


def unseal(data: bytes) -> tuple[list[Component], bytes]:
    """The components in an envelope, and its proof. Neither has been verified."""
    if len(data) < _HEAD.size:
        raise InvalidProof(f"{len(data)} bytes are less than the head of an envelope")
    magic, version, count = _HEAD.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise InvalidProof(f"no envelope of version {_VERSION}")
    end = _HEAD.size + count * _COMPONENT.size
    if len(data) < end:
        raise InvalidProof(f"{len(data)} bytes are less than an envelope of {count} components")
    components = [(message, slot) for slot, message in _COMPONENT.iter_unpack(data[_HEAD.size : end])]
    return components, data[end:]
