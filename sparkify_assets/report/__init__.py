"""The listening report: what stands on it, read from the warehouse and from the models."""
