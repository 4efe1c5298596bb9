"""Studies of grades: bulk grading, calibration against people, bias audit."""
