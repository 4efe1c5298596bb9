"""Storage: live sessions, archive, blobs, work queue, keys."""
