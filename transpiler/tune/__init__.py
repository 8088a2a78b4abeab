"""Measuring variants and choosing among them."""
