"""The verifier: compares an original with a candidate. It trusts neither passes nor backends."""
