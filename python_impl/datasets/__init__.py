"""The data sets: one module per set, with `load_data`."""
