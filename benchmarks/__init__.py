"""`make bench`: whole processes, side by side, in one run; the figures are ratios."""
