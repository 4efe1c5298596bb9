"""Where things are kept: live sessions, the archive, blobs, keys."""
