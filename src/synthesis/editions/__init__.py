"""Editions: frozen with everything they were made from, verified, and told how they stand."""
