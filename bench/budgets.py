# SPDX-License-Identifier: MIT
"""Prints the budgets of all measurements in files of JSON lines, and tells by its exit status whether all are met.

0: every budget is met; 3: some are not.
"""
import json
import sys


def budgets(paths):
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                one = json.loads(line)
                if one.get("budget"):
                    yield one


def number(value):
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def main():
    found = list(budgets(sys.argv[1:]))
    if not found:
        return 0
    wide = max(len(one["name"]) for one in found)
    print(f"\n{'budgets':{wide}} {'ours':>10} {'theirs':>10} {'ratio':>7}  budget")
    for one in found:
        theirs, ratio = (number(one[key]) if one[key] is not None else "-" for key in ("theirs", "ratio"))
        print(f"{one['name']:{wide}} {number(one['ours']):>10} {theirs:>10} {ratio:>7}  "
              f"{one['budget']:20} {'met' if one['met'] else 'NOT MET'}")
    missed = sum(not one["met"] for one in found)
    print(f"\n{len(found) - missed} of {len(found)} budgets met")
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
