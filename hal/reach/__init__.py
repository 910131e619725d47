"""Whether an address can be reached, how long answers take and how many are missing (D-MNT-08)."""
