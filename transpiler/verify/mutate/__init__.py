"""Proof that a comparison could have failed: small faults put into the code under test must be noticed."""
