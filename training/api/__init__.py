"""The API of training: the same services as the pages."""
