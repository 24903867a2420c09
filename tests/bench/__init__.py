"""Measure what a reader waits for and what a client pays, each against a peer: ``make bench``."""
