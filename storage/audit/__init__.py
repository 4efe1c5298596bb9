"""The audit log: who read, changed or erased personal data, and when."""
