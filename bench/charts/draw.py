# SPDX-License-Identifier: MIT
"""Draws the charts of docs/performance.md with gnuplot, from the JSON lines of ./dev bench --json.

draw.py RESULTS FOLDER: one SVG for each chart whose measurements are in the file.
"""
import json
import os
import subprocess
import sys

COLOURS = ["#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#bbbbbb", "#000000", "#994455", "#997700",
           "#004488"]
HEAD = """
set terminal svg noenhanced size 820,{height} font "sans-serif,13" background "#ffffff"
set output "{file}"
set title "{title}"
set border 3 lc rgb "#666666"
set tics nomirror
set grid lc rgb "#dddddd"
"""


def gnuplot(script):
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def block(name, rows):
    return f"${name} << EOD\n" + "\n".join(" ".join(str(cell) for cell in row) for row in rows) + "\nEOD\n"


def quoted(text):
    return '"' + text + '"'


def rows_of(section):
    """How many rows a section's title names: "100k rows of 64 B, ..."."""
    first = section.split(" ", 1)[0]
    return int(first[:-1]) * {"k": 1_000, "M": 1_000_000}[first[-1]]


def pause_by_rows(lines, file):
    """The longest pause against the number of rows, a line for each strategy."""
    points = {}
    for one in lines:
        if one["section"].endswith(" rows of 64 B, 4k updates a tick") and one["name"] != "none":
            points.setdefault(one["name"], []).append((rows_of(one["section"]), one["sides"]["pause us"]))
    if not points or max(len(of) for of in points.values()) < 2:
        return False
    script = HEAD.format(height=480, file=file, title="The longest pause at the moment of an image")
    script += 'set logscale xy\nset xlabel "rows of 64 bytes"\nset ylabel "microseconds"\nset format x "%.0s%c"\n'
    script += "set key outside right\n"
    for i, of in enumerate(points.values()):
        script += block(f"d{i}", sorted(of))
    script += "plot " + ", ".join(
        f"$d{i} using 1:2 with linespoints lw {3 if name == 'field log' else 1.5} pt 7 ps 0.6 "
        f"lc rgb {quoted(COLOURS[i % len(COLOURS)])} title {quoted(name)}" for i, name in enumerate(points)) + "\n"
    gnuplot(script)
    return True


def bars(lines, file, title, figures, label, logarithmic=False):
    """A group of bars for each line, one bar for each figure: (name in the JSON, name in the chart)."""
    script = HEAD.format(height=480, file=file, title=title)
    script += f'set ylabel "{label}"\nset style data histogram\nset style histogram clustered gap 1\n'
    script += "set style fill solid 0.9 border -1\nset xtics rotate by -35\nset key top left\n"
    script += "set logscale y\n" if logarithmic else "set yrange [0:*]\n"
    script += block("d", [[quoted(one["name"])] + [one["sides"][of] for of, _ in figures] for one in lines])
    script += "plot " + ", ".join(
        f"$d using {i + 2}:xtic(1) lc rgb {quoted(COLOURS[(0, 4)[i % 2]])} title {quoted(name)}"
        for i, (_, name) in enumerate(figures)) + "\n"
    gnuplot(script)


def price_of_strategies(lines, file):
    """What a strategy costs on average, and what the worst tick has to bear."""
    chosen = [one for one in lines if one["section"] == "1M rows of 64 B, 16k updates a tick"]
    if not chosen:
        return False
    bars(chosen, file, "A million rows of 64 bytes, 16,000 updates a tick: the tick's processor time",
         [("mean ms", "on average"), ("p99 ms", "99th percentile")], "milliseconds", logarithmic=True)
    return True


def ticks_of_a_server(lines, file):
    """The ordinary tick and the longest ones of a server that is saved in four ways."""
    wanted = [("tick, p99", "an ordinary second (p99)"), ("W2: daily reset", "daily reset of 60,000 rows"),
              ("W6: a copy is made, the longest", "a backup is made"), ("W7: one has 168,000", "one player, 168,000 things"),
              ("W4: SQLite hangs", "SQLite hangs for {} s")]
    rows = []
    for begin, name in wanted:
        found = [one for one in lines if one["name"].startswith(begin) and "sides" in one and "ours" in one["sides"]]
        if not found:
            return False
        seconds = found[0]["name"].split(" s,")[0].rsplit(" ", 1)[-1]
        sides = {side: "NaN" if value is None else value for side, value in found[0]["sides"].items()}
        rows.append({"name": name.format(seconds), "sides": sides})
    script = HEAD.format(height=480, file=file, title="10,000 players: how long is the tick? It may take 50 ms")
    script += 'set ylabel "milliseconds"\nset style data histogram\nset style histogram clustered gap 1\n'
    script += "set style fill solid 0.9 border -1\nset xtics rotate by -20\nset key top left\nset logscale y\n"
    script += "set yrange [0.001:1e7]\n"
    script += block("d", [[quoted(one["name"])] + list(one["sides"].values()) for one in rows])
    names = {"nothing": "nothing is saved", "ours": "Holdfast", "whole-player": "whole players, by a thread",
             "rewrite": "whole players, in the tick", "write-through": "each change at once"}
    colours = ["#bbbbbb"] + [COLOURS[i] for i in (2, 0, 3, 4)]
    script += "plot 50 with lines lc rgb '#888888' dt 2 notitle, " + ", ".join(
        f"$d using {i + 2}:xtic(1) lc rgb {quoted(colours[i])} title {quoted(names[side])}"
        for i, side in enumerate(rows[0]["sides"])) + "\n"
    gnuplot(script)
    return True


def cost_by_rows(lines, file):
    """What an operation costs against the number of rows."""
    chosen = [one for one in lines if one["section"].startswith("by the number of rows")]
    if len(chosen) < 2:
        return False
    count = {"k": 1_000, "M": 1_000_000}
    rows = [int(one["name"][:-1]) * count[one["name"][-1]] for one in chosen]
    script = HEAD.format(height=480, file=file, title="What an operation costs, by the number of rows")
    script += 'set logscale xy\nset xlabel "rows"\nset ylabel "ns"\nset format x "%.0s%c"\nset key outside right\n'
    names = ["find", "flat_map", "where (4)", "set", "insert", "walk", "bulk load", "open"]
    script += block("d", [[x] + [one["sides"][name] for name in names] for x, one in zip(rows, chosen)])
    script += "plot " + ", ".join(
        f"$d using 1:{i + 2} with linespoints lw 1.5 pt 7 ps 0.6 lc rgb {quoted(COLOURS[i])} title {quoted(name)}"
        for i, name in enumerate(names)) + "\n"
    gnuplot(script)
    return True


CHARTS = {"snapshot_pause": pause_by_rows, "snapshot_tick": price_of_strategies, "mmo_ticks": ticks_of_a_server,
          "rows": cost_by_rows}


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as text:
        lines = [json.loads(line) for line in text]
    os.makedirs(sys.argv[2], exist_ok=True)
    for name, draw in CHARTS.items():
        file = os.path.join(sys.argv[2], name + ".svg")
        print(file if draw(lines, file) else f"{name}: its measurements are not in {sys.argv[1]}")


if __name__ == "__main__":
    main()
