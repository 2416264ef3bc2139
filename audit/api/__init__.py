"""The log over the API."""
