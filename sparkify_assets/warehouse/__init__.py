"""The warehouses: one contract, kept by each engine."""
