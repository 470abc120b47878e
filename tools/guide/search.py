"""What the guide's own search knows beyond Sphinx's: the numbers of statuses."""

from __future__ import annotations

from sphinx.search.en import SearchEnglish


class GuideSearch(SearchEnglish):
    """English, in which 404 is a word: people look for what they see."""

    def word_filter(self, word: str) -> bool:
        """Tell whether a word is kept for the search."""
        return (word.isdigit() and len(word) == 3) or super().word_filter(word)
