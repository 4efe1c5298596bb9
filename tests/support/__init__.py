"""Test doubles, builders and paths shared by the tests."""
