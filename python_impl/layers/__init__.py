"""The layers: one class per file, with `forward`, `backward`, `params` and `grads`."""
