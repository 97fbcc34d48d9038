"""Reads of people and the organisation: plain values and querysets, no writes."""
