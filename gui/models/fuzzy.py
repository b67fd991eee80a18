"""How well a few typed letters fit a name: the letters in their order, beginnings of words first."""

from typing import Final

_START_OF_WORD: Final = 8.0
_RUN_ON: Final = 10.0  # right after the letter before: worth more than another word
_WHOLE_START: Final = 4.0  # the name begins with what was typed
_LETTER: Final = 1.0
_LEFT_OUT: Final = 0.02  # for each letter of the name that was not typed
_NEVER: Final = float("-inf")


def fit(typed: str, name: str) -> float | None:
    """Return a number that is larger the better `typed` fits; None if it does not.

    Every word that was typed has to fit somewhere; upper and lower case are the same.
    """
    total = 0.0
    for word in typed.casefold().split():
        found = _fit_of_word(word, name.casefold())
        if found is None:
            return None
        total += found
    if name.casefold().startswith(typed.casefold().strip()):
        total += _WHOLE_START
    return total - _LEFT_OUT * len(name)


def has_words_beginning_with(typed: str, text: str) -> bool:
    """Whether every typed word begins a word of `text`."""
    words = text.casefold().split()
    return all(any(word.startswith(part) for word in words) for part in typed.casefold().split())


def _fit_of_word(word: str, name: str) -> float | None:
    """The best of all ways to find the letters of `word` in `name` in their order."""
    best = [0.0] * (len(name) + 1)  # of the letters so far, within the first k of the name
    ending_here = [_NEVER] * (len(name) + 1)  # the same, the last of them being the k-th
    for number, letter in enumerate(word):
        best_next, ending_next = [_NEVER] * (len(name) + 1), [_NEVER] * (len(name) + 1)
        for k, other in enumerate(name, start=1):
            if letter == other:
                fresh = best[k - 1] + _LETTER + (_START_OF_WORD if _begins_word(name, k - 1) else 0.0)
                ending_next[k] = max(fresh, ending_here[k - 1] + _LETTER + _RUN_ON if number else _NEVER)
            best_next[k] = max(best_next[k - 1], ending_next[k])
        best, ending_here = best_next, ending_next
    return best[-1] if best[-1] > _NEVER else None


def _begins_word(name: str, place: int) -> bool:
    return name[place].isalnum() and (place == 0 or not name[place - 1].isalnum())
