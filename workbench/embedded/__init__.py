"""The embedded model: ``fetch`` brings its files, ``server`` speaks the OpenAI protocol in a process of its own.

Plain Python: the standard library and, in the server, xllamacpp. Nothing here knows Django.
"""
