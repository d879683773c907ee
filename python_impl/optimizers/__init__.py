"""The optimizers: one class per file, with `update(params, grads)`."""
