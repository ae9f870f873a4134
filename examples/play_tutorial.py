# SPDX-License-Identifier: MIT
"""Plays docs/tutorial.md with its two programs: what it says in the shell, kill -9 and the destroyed database included.

play_tutorial.py DOCUMENT TUTORIAL_1 TUTORIAL_2    0: all is as it says; 77: there is no sqlite3 to play it with
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

CANNOT = 77


class Town:
    """./town, which one talks to; it answers before it reads the next word."""

    def __init__(self, folder):
        self.process = subprocess.Popen(["./town"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.expect("0 players are here" if folder.is_new else "1 players are here")

    def say(self, words):
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def expect(self, answer):
        line = self.process.stdout.readline().rstrip("\n")
        if line != answer:
            sys.exit(f"expected '{answer}', got '{line}'")

    def quit(self):
        self.say("quit")
        if self.process.wait() != 0:
            sys.exit(f"./town ended with {self.process.returncode}")


class Folder(str):
    """Where the newcomer works."""
    is_new = True

    def shell(self, command):
        done = subprocess.run(["bash", "-c", "set -o pipefail; " + command], cwd=self, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode, done.stdout


def only_match(pattern, text):
    found = re.findall(pattern, text, re.DOTALL | re.MULTILINE)
    if len(found) != 1:
        sys.exit(f"the tutorial has {len(found)} times: {pattern}")
    return found[0]


def wait_for_more(files, than):
    end = time.monotonic() + 60
    while not set(glob.glob(files)) - than:
        if time.monotonic() > end:
            sys.exit(f"there are no new {files}")
        time.sleep(0.01)


def play(text, folder, programs):
    def take_program(which):
        shutil.copy(programs[which], folder + "/town")

    def must_run(line):
        code, printed = folder.shell(line)
        if code != 0:
            sys.exit(f"{line}\n{printed}")
        return printed

    take_program(0)
    town = Town(folder)
    folder.is_new = False
    town.say("join Aria")
    town.expect("welcome, Aria")
    town.process.send_signal(getattr(signal, "SIG" + {"-9": "KILL"}[only_match(r"^    kill (\S+) \$\(pidof town\)$", text)]))
    town.process.wait()
    town = Town(folder)
    town.say("who")
    town.expect("Aria has 100 gold")
    town.say("join Aria")
    town.expect("taken: players: name='Aria' belongs to another row")
    town.quit()
    if must_run(only_match(r"^    (sqlite3 town.db 'SELECT[^\n]*)$", text)) != "1|Aria|100\n":
        sys.exit("another Aria is in town.db")

    take_program(1)
    code, printed = folder.shell("./town")
    refusal = only_match(r"^(    mismatch: .*?)\n\n", text)
    expected = textwrap.dedent(refusal) + "\n"
    if code == 0 or printed.replace(os.path.realpath(folder), "...") != expected:
        sys.exit(f"it is refused otherwise:\n{printed}")
    must_run(textwrap.dedent(only_match(r"^(    mkdir before && .*?\n    end)\n\n", text)))
    backups = folder + "/town.db.backups/*.db"
    those_without_items = set(glob.glob(backups))
    town = Town(folder)
    town.say("who")
    town.expect("Aria has 100 gold")
    town.say("buy Aria lantern 40")
    town.expect("Aria bought lantern")
    wait_for_more(backups, those_without_items)
    town.quit()

    must_run(only_match(r"^    (echo oops[^\n]*)$", text))
    town = Town(folder)
    town.say("who")
    town.expect("Aria has 60 gold, lantern")
    town.quit()
    must_run("ls town.db.damaged-* town.db.backups town.db.log")
    must_run(only_match(r"`(rm -r [^`]*)`", text))
    folder.is_new = True
    Town(folder).quit()


if __name__ == "__main__":
    if shutil.which("sqlite3") is None:
        print("skipped: there is no sqlite3")
        sys.exit(CANNOT)
    with open(sys.argv[1], encoding="utf-8") as document, tempfile.TemporaryDirectory() as made:
        play(document.read(), Folder(made), sys.argv[2:4])
