"""Whole training runs, one class per file: data, network and hyperparameters, from a seed.

`train(steps)` goes on where it stopped; its loop is that of `python_impl.trainers.trainer`.
"""
