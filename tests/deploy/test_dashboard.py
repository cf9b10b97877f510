"""compose/grafana: what the dashboard asks is what our programs serve, parses, and is laid out without overlaps."""
import json
import re
import tempfile
import unittest

import yaml

import tools

tools.need("promtool")

GRAFANA = tools.ROOT / "compose/grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards/syncline.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]


class Dashboard(unittest.TestCase):
    def test_every_panel_asks_something(self):
        self.assertGreater(len(PANELS), 20)
        for panel in PANELS:
            self.assertTrue(panel["targets"] and all(target["expr"] for target in panel["targets"]), panel["title"])

    def test_it_names_what_our_programs_serve(self):
        for title, expression in EXPRESSIONS:
            with self.subTest(title):
                names = tools.named(expression)
                self.assertTrue(names, expression)
                self.assertLessEqual(names, tools.exported(), expression)

    def test_every_expression_parses(self):
        rules = [{"record": f"panel:{number}", "expr": re.sub(r"\$__\w+", "5m", expression)}
                 for number, (_, expression) in enumerate(EXPRESSIONS)]
        with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as file:
            yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            code, told = tools.run("promtool", "check", "rules", file.name)
        self.assertEqual(code, 0, told)
        self.assertIn(f"{len(EXPRESSIONS)} rules found", told)

    def test_counters_are_asked_for_how_fast_they_grow(self):
        for title, expression in EXPRESSIONS:
            self.assertNotRegex(expression, r"(?<!rate\()(?<!increase\()(?<!\w)\w+_total\b", title)

    def test_panels_do_not_overlap_and_have_numbers_of_their_own(self):
        self.assertEqual(len({panel["id"] for panel in DASHBOARD["panels"]}), len(DASHBOARD["panels"]))
        taken = {}
        for panel in DASHBOARD["panels"]:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
                self.assertNotIn(cell, taken, f"{panel['title']} lies over {taken.get(cell)}")
                taken[cell] = panel["title"]

    def test_what_is_provisioned_is_there_and_asked_by_the_names_that_the_dashboard_has(self):
        [source] = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text(encoding="utf-8"))["datasources"]
        [variable] = DASHBOARD["templating"]["list"]
        self.assertEqual((source["type"], variable["type"], variable["query"]), ("prometheus", "datasource", "prometheus"))
        self.assertEqual({target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]}, {f"${{{variable['name']}}}"})
        [provider] = yaml.safe_load((GRAFANA / "provisioning/dashboards/syncline.yml").read_text(encoding="utf-8"))["providers"]
        self.assertIn(f"`dashboards/` to `{provider['options']['path']}`", (tools.ROOT / "docs/operations.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
