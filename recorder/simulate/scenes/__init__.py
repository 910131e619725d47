"""What simulated cameras look at."""
