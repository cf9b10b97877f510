"""`syncline reference man`: a page for every command, which formatters read without a complaint and which says what the help says."""
import pathlib
import tempfile
import unittest

import tools

tools.need("mandoc", "man")
if not tools.SYNCLINE.exists():
    tools.skip("syncline is not built")
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

    def test_they_say_what_the_help_says(self):
        for command in sorted(tools.commands()):
            with self.subTest(command):
                code, shown = tools.run("man", "-l", "--no-hyphenation", "--no-justification", self.folder / f"syncline-{command.replace(' ', '-')}.1",
                                        env={"MANWIDTH": "200", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
                self.assertEqual(code, 0, shown)
                for word in tools.run(tools.SYNCLINE, *command.split(), "--help", env=NO_LEAKS)[1].split():
                    self.assertIn(word, shown)


if __name__ == "__main__":
    unittest.main()
