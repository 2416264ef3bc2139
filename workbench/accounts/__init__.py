"""People, teams, roles and API tokens."""
