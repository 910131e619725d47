"""The product image: Buildroot's external tree, and what turns a root into what is installed."""
