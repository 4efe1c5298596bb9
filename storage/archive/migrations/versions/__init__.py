"""One file per revision; released ones never change, and each only adds."""
