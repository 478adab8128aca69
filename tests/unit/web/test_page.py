from jinja2 import nodes

from semsearch.web.page import templates

FROM_CONTEXT = {
    "address",
    "decisive",
    "holders",
    "in_words",
    "interval_of",
    "later_reports",
    "name",
    "phrases",
    "word_by_word",
}


def test_templates_call_what_there_is() -> None:
    for name in templates().list_templates():
        source, _, _ = templates().loader.get_source(templates(), name)  # type: ignore[union-attr]
        tree = templates().parse(source)
        known = {*templates().globals, *FROM_CONTEXT, "loop", "caller"}
        known |= {macro.name for macro in tree.find_all(nodes.Macro)}
        for each in tree.find_all(nodes.FromImport):
            known |= {given if isinstance(given, str) else given[1] for given in each.names}
        called = {call.node for call in tree.find_all(nodes.Call)}
        named = {node.name for node in called if isinstance(node, nodes.Name)}
        assert named <= known, name
