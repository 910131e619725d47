"""The root helper that asks PAM: a user and a password in, yes or no out, and nothing else."""
