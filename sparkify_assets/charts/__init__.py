"""Charts of the answers, drawn with altair: Vega-Lite for pages, PNG for the Dagster UI."""
