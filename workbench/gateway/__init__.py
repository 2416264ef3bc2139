"""The way to a model: plain Python, no Django, no database."""
