"""A page as a test reads it: its elements and its text."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """Elements with their attributes, and the text with one blank between its parts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f"{data.strip()} " if data.strip() else ""
