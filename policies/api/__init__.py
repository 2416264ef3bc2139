"""The map and the library over the API."""
