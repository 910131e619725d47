"""The twin: the product's image on Debian's packages. What differs from Buildroot's stands in packages.toml."""
