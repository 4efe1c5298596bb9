"""Plans that a tenant made over HTTP: drafts, and the ones that a person approved."""
