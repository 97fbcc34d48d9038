"""Reads of core's own records."""
