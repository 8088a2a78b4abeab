"""One server of workers for all verifications here: to start it takes longer than most of them."""

from __future__ import annotations

from functools import partial

from loopwright.verify import functions
from loopwright.verify.ready import ready
from loopwright.workers import Workers

WORKERS = Workers(ready)
"""They end with the process of the tests."""

verify_functions = partial(functions.verify_functions, workers=WORKERS)
