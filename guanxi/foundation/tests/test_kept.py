"""Parts of a page that are drawn once and kept."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

DRAWN: list[str] = []


def drawn(word: str) -> str:
    DRAWN.append(word)
    return word.upper()


def template(inside: str) -> Template:
    return Template(
        "{% load kept %}{% kept word=word draw=draw %}" + inside + "{% endkept %}"
    )


@pytest.fixture(autouse=True)
def forget() -> None:
    DRAWN.clear()


class Drawing:
    """Equal to every other; notes each time its text is asked for."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Drawing)

    def __hash__(self) -> int:
        return 1

    def __str__(self) -> str:
        return drawn("x")


def test_given_equal_values_then_the_part_is_drawn_once() -> None:
    part = template("{{ word }}{{ draw }}")

    texts = [part.render(Context({"word": "a", "draw": Drawing()})) for _ in "123"]

    assert texts == ["aX", "aX", "aX"]
    assert DRAWN == ["x"]


def test_given_another_value_then_the_part_is_drawn_anew() -> None:
    part = template("{{ word }}")

    assert part.render(Context({"word": "<a>", "draw": 1})) == "&lt;a&gt;"
    assert part.render(Context({"word": "b", "draw": 1})) == "b"


def test_given_another_language_then_the_part_is_drawn_in_it() -> None:
    part = template("{% translate 'Search' %}")

    with override("zh-hans"):
        chinese = part.render(Context({"word": "a", "draw": 1}))
    with override("en"):
        english = part.render(Context({"word": "a", "draw": 1}))

    assert (chinese, english) == ("搜索", "Search")


def test_given_names_that_were_not_given_then_they_are_not_inside() -> None:
    part = template("{{ word }}{{ secret }}{{ csrf_token }}")

    text = part.render(
        Context({"word": "a", "draw": 1, "secret": "s", "csrf_token": "t"})
    )

    assert text == "a"


def test_given_a_value_without_a_name_then_the_template_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="takes name=value"):
        Template("{% load kept %}{% kept word %}{% endkept %}")
