"""Independent programs that our own are tried against: nothing in here is ours but the way to start them."""
