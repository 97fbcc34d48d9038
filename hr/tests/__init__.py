"""Tests of hr, and the builders everybody above uses."""
