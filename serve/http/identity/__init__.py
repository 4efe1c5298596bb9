"""Who calls: principals, candidates' tokens, identities of an OpenID provider."""
