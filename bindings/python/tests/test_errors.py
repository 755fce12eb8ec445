"""Exceptions: one family, with places, that can travel between processes."""

import pickle

import pytest

import sheaf
import sheaf.errors

CLASSES = [cls for cls in vars(sheaf.errors).values() if isinstance(cls, type) and issubclass(cls, Exception)]


def test_every_exception_is_public_and_a_value_error() -> None:
    assert len(CLASSES) > 10
    for cls in CLASSES:
        assert issubclass(cls, sheaf.SheafError) and issubclass(cls, ValueError)
        assert getattr(sheaf, cls.__name__) is cls
        assert cls.__doc__


@pytest.mark.parametrize("cls", CLASSES)
def test_exceptions_can_be_pickled(cls: type[sheaf.SheafError]) -> None:
    error = cls("what is wrong", [(0, 3), (2, None)])
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is cls and str(copy) == "what is wrong"
    assert copy.places == ((0, 3), (2, None))
    assert copy.indices == (3,)
