"""The shell every page shares: navigation by role, health, preferences, and the template parts."""
