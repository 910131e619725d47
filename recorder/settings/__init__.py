"""Settings: one definition of a page, from which storage, checks, routes, forms and audit follow."""
