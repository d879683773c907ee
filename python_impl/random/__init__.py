"""Random streams of other languages, bit for bit."""
