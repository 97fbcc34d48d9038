"""Kenjo's attendance API v1: wall-clock entries re-paired by day, under `/compat/kenjo`."""
