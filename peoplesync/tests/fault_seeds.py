"""How long the fault and property runs are: one seed in `make test`, as many as FAULT_SEEDS says in `make test-faults`."""

import os

#: `make test-faults`: what has no seeds to be cut to one, and takes a minute, runs only there.
IS_LONG_RUN = "FAULT_SEEDS" in os.environ
SEEDS = int(os.environ.get("FAULT_SEEDS", "1"))
