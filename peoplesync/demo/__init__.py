"""The demo organisation, one file per noun: made the same each time, and large on demand. Only `seed_demo` calls it."""
