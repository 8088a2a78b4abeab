"""What ships with rewritten code: tests at the door of kernels, dispatch, loading.

Imports the standard library and NumPy only; copied verbatim into every `_loopwright` folder.
"""
