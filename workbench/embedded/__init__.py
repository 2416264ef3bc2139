"""The embedded model: its files are fetched by ``fetch``, and ``server`` speaks the OpenAI protocol in a process of its own.

Plain Python: the standard library and, in the server, xllamacpp. Nothing here knows Django.
"""
