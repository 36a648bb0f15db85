"""Medians, spreads and ratios of interleaved results, and tables of them."""
from statistics import median


class Samples:
    """What each case measured in each repetition."""

    def __init__(self):
        self.values = {}

    def add(self, case, repetition, value):
        self.values.setdefault(case, {})[repetition] = value

    def __contains__(self, case):
        return case in self.values

    def has_workload(self, name):
        """Whether any case (workload, allocator) is of that workload."""
        return any(workload == name for workload, _ in self.values)

    def median(self, case):
        return median(self.values[case].values())

    def spread(self, case):
        """Largest less smallest, over the median."""
        values = self.values[case].values()
        middle = median(values)
        return (max(values) - min(values)) / middle if middle else 0.0

    def ratio(self, case, to):
        """Median of the ratios within each repetition, so that a slow minute of the machine cancels."""
        if case not in self.values or to not in self.values:
            return None
        return median(self.values[case][r] / self.values[to][r] for r in self.values[case])


def cell(value, pattern="{:.2f}"):
    """A figure as text, a dash where there is none."""
    return "-" if value is None else pattern.format(value)


def table(header, rows, words=1):
    """Aligned text: the first columns, those of words, to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = []
    for row in [header, *rows]:
        aligned = (text.ljust(widths[i]) if i < words else text.rjust(widths[i]) for i, text in enumerate(row))
        lines.append("  ".join(aligned).rstrip())
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines) + "\n"
