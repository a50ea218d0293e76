"""Group `quality`: the quality dashboard and the listening report."""
