"""Notifications of failed runs and checks."""
