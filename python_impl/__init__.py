"""Layers and functions of *Deep Learning from Scratch* in NumPy, in the book's letters."""
