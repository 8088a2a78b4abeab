"""The worker process: reads one job, answers it, ends.

A job is an object with a method `run() -> Verdict`; it is our own, sent by the parent process.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from multiprocessing.connection import Connection

import numpy as np

from loopwright.verify import codec


def main() -> int:
    receive = Connection(int(sys.argv[1]), writable=False)
    send = Connection(int(sys.argv[2]), readable=False)
    job = pickle.loads(receive.recv_bytes())
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    send.send_bytes(codec.dumps(job.run()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
