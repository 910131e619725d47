"""Accounts: passwords, sessions and lockout, and who a caller is."""
