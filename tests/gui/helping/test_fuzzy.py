import pytest

from gui.models.fuzzy import fit, has_words_beginning_with


def best(typed, *names):
    scores = {name: score for name in names if (score := fit(typed, name)) is not None}
    return max(scores, key=lambda name: scores[name])


def test_that_letters_have_to_come_in_their_order():
    assert fit("sve", "Save") is not None
    assert fit("evs", "Save") is None
    assert fit("savee", "Save") is None


def test_that_case_and_the_order_of_words_do_not_matter():
    assert fit("FILE open", "Open the file") is not None
    assert fit("open sesame", "Open the file") is None


@pytest.mark.parametrize(
    ("typed", "wanted", "others"),
    [
        ("sa", "Save as…", ("Restart the worker", "Discard")),
        ("st", "Stop", ("Restore this experiment", "Rest")),
        ("re", "Restore", ("Pause or resume", "Compare")),
        ("run", "Run", ("Rename this run", "Run the protocol again")),
        ("run", "Run", ("Delete all runs that are not pinned…", "Runs", "Whole run")),
        ("run", "Runs", ("Delete all runs that are not pinned…", "Whole run")),
        ("fm", "Focus mode", ("Form", "From a file, more")),
    ],
)
def test_that_beginnings_of_words_and_short_names_win(typed, wanted, others):
    assert best(typed, *others, wanted) == wanted


def test_that_the_best_place_counts_and_not_the_first():
    assert best("st", "last of it", "last stop") == "last stop"


def test_that_sentences_are_found_by_beginnings_of_their_words():
    assert has_words_beginning_with("wri fi", "Write the experiment to its file.")
    assert not has_words_beginning_with("rite", "Write the experiment to its file.")
