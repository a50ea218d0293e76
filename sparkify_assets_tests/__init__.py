"""Tests, each named after the promise or the feature it proves."""
