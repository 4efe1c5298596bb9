"""The test suite; it mirrors the product's tree below each kind of test."""
