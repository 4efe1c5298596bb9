"""The archive of concluded interviews."""
