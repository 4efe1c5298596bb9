"""Background grading over the work queue."""
