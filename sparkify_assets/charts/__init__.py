"""Charts of the answers, drawn with altair. Importing these modules imports altair."""
