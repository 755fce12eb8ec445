"""The module name under which leanSpec calls a prover; all of it is `sheaf.lean_multisig_py`."""

from sheaf.lean_multisig_py import *  # noqa: F403 - what that module says is its interface
