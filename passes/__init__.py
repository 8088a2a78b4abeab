"""The optimisation passes, one a file."""
