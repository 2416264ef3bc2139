"""The project's benchmarks. ``make bench`` runs them all, prints tables and writes JSON under ``bench/results/``."""
