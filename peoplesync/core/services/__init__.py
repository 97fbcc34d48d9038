"""Acts on core's own records: log an activity, tell a person, run a job, keep a key."""
