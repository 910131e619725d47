"""Where the picture of the local screen goes, and where its input comes from."""
