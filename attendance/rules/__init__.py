"""PURE. What a punch means: pairing, work dates, a day's demand and its outcome. No database, clock or settings."""
