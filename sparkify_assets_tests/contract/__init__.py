"""What every warehouse has to do, run on each engine; what one engine does alone is tested beside it."""
