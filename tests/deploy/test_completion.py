"""`syncline completion`: bash, zsh and fish finish command lines with what the command says, and it says what it takes."""
import shlex
import unittest

import tools

tools.need("bash", "zsh", "fish")
if not tools.SYNCLINE.exists():
    tools.skip("syncline is not built")
NO_LEAKS = {"ASAN_OPTIONS": "detect_leaks=0", "PATH": f"{tools.BUILD / 'bin'}:/usr/bin:/bin", "SYNCLINE_CONFIG": "/dev/null",
            "SYNCLINE_POSTGRES": "postgresql://nobody@127.0.0.1:1/none"}

# (the line with its last word, what is offered)
ROWS = [
    (["sy"], ["sync"]),
    (["account", "l"], ["list", "login"]),
    (["sync", "home", "--mode", ""], ["full", "incremental"]),
    (["sync", "home", "--w"], ["--wait"]),
    (["--kafka-prefix", "test.", "schedule", ""], ["list", "pause", "remove", "resume", "set"]),
    (["rejects", "list", "--kind", "al"], ["album"]),
    (["status", ""], []),  # no database answers, and nobody waits for it
]


def bash(words):
    code, told = tools.run("bash", "--norc", "-c", f"""
        source <(syncline completion bash) || exit 9
        COMP_WORDS=(syncline {shlex.join(words)}) COMP_CWORD={len(words)}
        $(complete -p syncline | sed 's/.*-F \\([^ ]*\\).*/\\1/') syncline {shlex.quote(words[-1])} ''
        [ "${{#COMPREPLY[@]}}" = 0 ] || printf '%s\\n' "${{COMPREPLY[@]}}" """, env=NO_LEAKS)
    return code, told.split()


def zsh(words):
    """What is handed to zsh's own _describe."""
    code, told = tools.run("zsh", "-f", "-c", f"""
        compdef() {{ function=$1 }}
        _describe() {{ print -rl -- "${{(P)2[@]}}" }}
        _files() {{ print FILES $* }}
        source <(syncline completion zsh) || exit 9
        words=(syncline {shlex.join(words)}) CURRENT={len(words) + 1}
        $function""", env=NO_LEAKS)
    return code, [line.split(":", 1)[0] for line in told.splitlines() if line]


def fish(words):
    code, told = tools.run("fish", "--no-config", "-c", f"syncline completion fish | source; or exit 9\ncomplete -C {shlex.quote(shlex.join(['syncline', *words[:-1]]) + ' ' + words[-1])}",
                           env={**NO_LEAKS, "HOME": "/nonexistent"})
    return code, [line.split("\t")[0] for line in told.splitlines() if line]


class Completion(unittest.TestCase):
    def test_each_shell_offers_what_the_command_says(self):
        for shell in (bash, zsh, fish):
            for words, wanted in ROWS:
                with self.subTest(shell=shell.__name__, words=words):
                    code, offered = shell(words)
                    self.assertEqual((code, sorted(offered)), (0, wanted))

    def test_files_are_the_shell_s_own_matter(self):
        for shell in (bash, fish):
            code, offered = shell(["parse", str(tools.ROOT / "docs/op")])
            self.assertEqual((code, offered), (0, [str(tools.ROOT / "docs/operations.md")]), shell.__name__)
        self.assertEqual(zsh(["parse", "docs/op"]), (0, ["FILES"]))

    def test_every_option_that_is_offered_is_taken(self):
        """What the command does not know it calls unknown: here only the last word may be."""
        tried = 0
        for command in sorted(tools.commands()):
            words = command.split()
            code, told = tools.run(tools.SYNCLINE, "completion", "words", "--", *words, "--", env=NO_LEAKS)
            self.assertEqual(code, 0, told)
            for option in (line.split("\t")[0] for line in told.splitlines()):
                if option == "--help":
                    continue
                flag = tools.run(tools.SYNCLINE, *words, option, "--no-such-option", env=NO_LEAKS)[1]
                value = tools.run(tools.SYNCLINE, *words, option, "1", "--no-such-option", env=NO_LEAKS)[1]
                with self.subTest(command=command, option=option):
                    self.assertIn("unknown option --no-such-option", flag + value)
                    self.assertNotIn(f"unknown option {option}", flag + value)
                tried += 1
        self.assertGreater(tried, 80)


if __name__ == "__main__":
    unittest.main()
