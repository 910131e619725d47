"""Makes of a finished root what is installed: slots, bundle and disk, without rights and without loop mounts."""
