"""How allauth behaves here: nobody signs themselves up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """One installation serves one organisation; administrators add its people."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
