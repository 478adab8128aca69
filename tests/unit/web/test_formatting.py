from semsearch.web.formatting import name_sides


def test_reasons_call_articles_by_name() -> None:
    reasons = ("b credits AP, whose article a is", "a holds 98% of the words of b")
    assert name_sides(reasons, "Wire", "Daily Bab") == (
        "Daily Bab credits AP, whose article Wire is; Wire holds 98% of the words of Daily Bab"
    )
    assert name_sides((), "x", "y") == ""
