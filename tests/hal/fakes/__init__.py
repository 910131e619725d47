"""Hardware that tests hold in their hands."""
