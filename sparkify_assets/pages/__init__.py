"""HTML pages with style, charts and scripts inside: each is one file which works offline."""
