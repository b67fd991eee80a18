"""Problems that several processes tell, told once."""

from engine.circuit.problems import Problem, left_out, summed_up


def test_that_edges_left_out_for_one_reason_are_counted_together() -> None:
    other = Problem("Something else.", severity="warning")
    told = [
        left_out(1, "a__b", "No."),
        other,
        left_out(3, "a__b", "Never.", "Mend."),
        left_out(4, "a__b", "No."),
    ]
    assert [str(each) for each in summed_up([*told, other])] == [
        "5 edges are left out of a__b. No.",
        "Something else.",
        "3 edges are left out of a__b. Never. Mend.",
    ]
    assert str(left_out(1, "a__b", "No.")) == "1 edge is left out of a__b. No."
