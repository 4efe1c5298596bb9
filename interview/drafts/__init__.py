"""Draft plans: from a role description to a plan that a person reads, changes and approves."""
