"""Proofs that two programs of the IR do the same, for all sizes."""

from loopwright.verify.prove.proof import Proof
from loopwright.verify.prove.prover import explain, prove

__all__ = ["Proof", "explain", "prove"]
