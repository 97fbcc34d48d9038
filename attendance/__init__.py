"""Presence: the punch log, stays, day summaries, corrections and exceptions."""
