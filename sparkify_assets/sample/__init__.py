"""Generator of sample lakes: the layout and the quirks of the real data, with invented names."""
