"""`syncline reference man`: a page for every command and worker, which formatters read without a complaint and which says what the help says."""
import pathlib
import re
import tempfile
import unittest

import tools

tools.need("mandoc", "man")
if not tools.SYNCLINE.exists():
    tools.skip("syncline is not built")
WORKERS = ("fetcher", "parser", "writer")
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0"}


class Man(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        code, told = tools.run(tools.SYNCLINE, "reference", "man", "--to", cls.folder, env=NO_LEAKS)
        assert code == 0, told

    def test_there_is_a_page_for_every_command_and_one_for_all(self):
        wanted = {f"syncline-{command.replace(' ', '-')}.1" for command in tools.commands()} | {"syncline.1"}
        wanted |= {f"syncline-{worker}.1" for worker in WORKERS}
        self.assertEqual({path.name for path in self.folder.iterdir()}, wanted)

    def test_mandoc_has_nothing_to_say(self):
        """But that pages have no date: their version tells, and the same source makes the same pages."""
        told = tools.run("mandoc", "-Tlint", "-W", "warning", *sorted(self.folder.iterdir()))[1]
        self.assertEqual([line for line in told.splitlines() if "missing date" not in line], [])

    def test_man_reads_them_without_a_warning(self):
        for path in self.folder.iterdir():
            code, told = tools.run("man", "--warnings=w", "-l", "-E", "UTF-8", "-Tutf8", "-Z", path)
            self.assertEqual(code, 0, path.name)
            self.assertNotRegex(told, r"<standard input>:|warning:", path.name)

    def assert_said(self, page, *program):
        code, shown = tools.run("man", "-l", "--no-hyphenation", "--no-justification", self.folder / page,
                                env={"MANWIDTH": "200", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
        self.assertEqual(code, 0, shown)
        code, told = tools.run(*program, "--help", env=NO_LEAKS)
        self.assertEqual(code, 0, told)
        for word in re.sub(r"^(Usage:|Exit codes:|Settings .*)", "", told, flags=re.MULTILINE).split():  # headings differ
            self.assertIn(word.strip("(),.:;"), shown)

    def test_they_say_what_the_help_says(self):
        for command in sorted(tools.commands()):
            with self.subTest(command):
                self.assert_said(f"syncline-{command.replace(' ', '-')}.1", tools.SYNCLINE, *command.split())

    def test_the_workers_pages_say_what_their_help_says(self):
        for worker in WORKERS:
            with self.subTest(worker):
                self.assert_said(f"syncline-{worker}.1", tools.SYNCLINE.with_name(f"syncline-{worker}"))


if __name__ == "__main__":
    unittest.main()
