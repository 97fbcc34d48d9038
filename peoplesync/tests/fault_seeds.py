"""How many seeds the fault and property runs take: one in `make test`, as many as FAULT_SEEDS says in `make test-faults`."""

import os

SEEDS = int(os.environ.get("FAULT_SEEDS", "1"))
