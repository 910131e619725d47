"""Power over Ethernet as all supplies have it: the budget, the order of starting, what the owner wants of each port."""
