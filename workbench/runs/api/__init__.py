"""Runs over the API: the same services as the pages."""
