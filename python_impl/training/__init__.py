"""Whole training runs: one class per file, made from a seed, with `train(steps)` that goes on where it stopped."""
