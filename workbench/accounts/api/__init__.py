"""What every API endpoint shares, and who a token speaks for."""
