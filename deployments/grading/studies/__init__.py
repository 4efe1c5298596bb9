"""Studies of grades: bulk grading, calibration against human raters, bias audit."""
