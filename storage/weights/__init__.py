"""Model weights on this machine: manifests, verified directories, and the commands that fetch and move them."""
