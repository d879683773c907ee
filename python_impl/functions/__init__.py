"""The functions the layers are made of: one function per file, named as the file."""
