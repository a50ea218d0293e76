"""Dumps of events and songs, of whatever form, become files of a lake."""
