"""Parts of a page that are drawn once and kept: the shell, as long as its facts stay."""

from collections.abc import Hashable, Mapping
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.exceptions import TemplateSyntaxError
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

# A text has some ten kilobytes: of one part, no more than ten megabytes a process.
MOST_TEXTS = 1000


@register.tag
def kept(parser: Parser, token: Token) -> "KeptNode":
    """
    Draw ``{% kept name=value … %} … {% endkept %}`` once for each language and values.

    Inside, nothing but the given names exists, so that nothing else can get into a
    text which others will see: no request, no viewer, no token against forgery.

    :raises TemplateSyntaxError: if something is given without a name.
    """
    words = token.split_contents()[1:]
    given = token_kwargs(words, parser)
    if words:
        raise TemplateSyntaxError(f"kept takes name=value, not {words[0]}")
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, given)


class KeptNode(template.Node):
    """One such part of one template, with the texts drawn so far."""

    def __init__(self, nodelist: NodeList, given: Mapping[str, FilterExpression]):
        self.nodelist = nodelist
        self.given = given
        self.texts: dict[Hashable, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """Return the text; what is given must be hashable and never change."""
        values: dict[str, Any] = {
            name: expression.resolve(context) for name, expression in self.given.items()
        }
        key = (get_language(), *values.values())
        text = self.texts.get(key)
        if text is None:
            if len(self.texts) >= MOST_TEXTS:
                self.texts.clear()
            text = self.texts[key] = self.nodelist.render(context.new(values))
        return text
