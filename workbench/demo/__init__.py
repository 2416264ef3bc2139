"""The demo company, and the supervisor that runs the embedded set-up."""
