"""Search by meaning: vectors of sentences, and the passages nearest to a query. Runs in the process that asks."""
