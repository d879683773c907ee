"""Results become what people and programs read: a terminal, JSON, Markdown and HTML."""
