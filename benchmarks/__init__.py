"""Measured ratios: what a clock-in, a sync and a page cost against the bare database and a bare view, in one run."""
