"""Settings forms, made from the schemas that the API serves: no page of settings is drawn by hand."""
