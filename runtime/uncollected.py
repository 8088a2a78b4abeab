"""Pytest collects nothing here: `--doctest-modules` would import kernels whose tools may be missing."""

collect_ignore_glob = ["*"]
