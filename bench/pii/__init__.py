"""How well personal data is found: our pipeline beside default Presidio, on the same texts, in processes set up alike.

Two sets, both written for this purpose (see ``texts/README.md``): *development* may be looked at while recognizers are worked
on; *kept* is looked at for the figure alone.
"""
