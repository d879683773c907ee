"""The networks: layers put together, one class per file."""
