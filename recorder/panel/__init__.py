"""The virtual front panel of the simulated board: a page that looks like the appliance, and only moves its hardware."""
