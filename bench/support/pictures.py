"""How every picture of the benchmark looks: colours that colour-blind readers can tell apart, one style a peer."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, NullFormatter

# Okabe and Ito's palette. allot's heaps are the blues, drawn solid; peers are told apart by dashes too.
COLOURS = {
    "heap": "#0072B2",
    "heap_sized": "#0072B2",
    "immediate": "#0072B2",
    "compact": "#56B4E9",
    "bounded": "#56B4E9",
    "locked": "#56B4E9",
    "hosted": "#0072B2",
    "boost": "#D55E00",
    "glibc": "#000000",
    "mimalloc": "#009E73",
    "jemalloc": "#CC79A7",
    "tcmalloc": "#E69F00",
    "pmr_pool": "#999999",
    "array": "#666666",
    "null": "#DDDDDD",
}
DASHES = {
    "heap_sized": (0, (6, 1)),
    "immediate": (0, (2, 1)),
    "array": (0, (2, 4)),
    "bounded": (0, (2, 2)),
    "locked": (0, (1, 2)),
    "hosted": (0, (3, 1)),
    "boost": (0, (5, 1)),
    "glibc": (0, (1, 1)),
    "mimalloc": (0, (4, 1, 1, 1)),
    "jemalloc": (0, (3, 1, 1, 1, 1, 1)),
    "tcmalloc": (0, (7, 2)),
}

NAME_DISTANCE = 20  # points from the end of a line to its name

plt.rcParams.update({
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "svg.hashsalt": "allot",
})


def bars(axes, names, titles, values, title, unit, pattern="{:.1f}"):
    """Horizontal bars, first on top, each with its figure; a peer without a figure has a dash."""
    axes.barh(range(len(names)), [v or 0 for v in values], color=[COLOURS[n] for n in names], height=0.7)
    widest = max((v for v in values if v), default=1)
    for row, value in enumerate(values):
        text = "-" if value is None else pattern.format(value)
        axes.text((value or 0) + 0.02 * widest, row, text, va="center", fontsize=8)
    axes.set_yticks(range(len(names)), titles)
    axes.invert_yaxis()
    axes.set_xlim(0, widest * 1.18)
    axes.set_title(title)
    axes.set_xlabel(unit)
    axes.tick_params(axis="y", length=0)


def name_lines(axes, titles):
    """Puts the name of each line at its right end, in its colour. Names may lie on each other until `part_names` parts
    them, when the picture has its size. titles: {line: name}"""
    for line, title in titles.items():
        axes.annotate(title, (line.get_xdata(orig=False)[-1], line.get_ydata()[-1]), xytext=(NAME_DISTANCE, 0),
                      textcoords="offset points", color=line.get_color(), fontsize=8, va="center", gid="line name",
                      weight="bold" if line.get_lw() > 2 else "normal", annotation_clip=False,
                      arrowprops={"arrowstyle": "-", "color": line.get_color(), "lw": 0.6, "relpos": (0, 0.5),
                                  "shrinkA": 0, "shrinkB": 3})


def log_scale(axes):
    """Upwards, with plain numbers at 1, 2, 5, 10 ..."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def parted(places, least):
    """Numbers in the same order, as near to `places` as may be while neighbours are `least` apart."""
    order = sorted(range(len(places)), key=places.__getitem__)
    groups = []  # of neighbours that touch: (their indices, the middle that they would like best)
    for index in order:
        groups.append(([index], places[index]))
        while len(groups) > 1 and lower_edge(groups[-1], least) < upper_edge(groups[-2], least):
            (above, high), (below, low) = groups.pop(), groups.pop()
            middle = (high * len(above) + low * len(below)) / (len(above) + len(below))
            groups.append((below + above, middle))
    return {index: middle + (place - (len(group) - 1) / 2) * least
            for group, middle in groups for place, index in enumerate(group)}


def lower_edge(group, least):
    return group[1] - len(group[0]) * least / 2


def upper_edge(group, least):
    return group[1] + len(group[0]) * least / 2


def part_names(figure):
    """Moves the names of lines up and down until none lies on another."""
    figure.draw_without_rendering()  # now the axes have their places
    for axes in figure.axes:
        names = [each for each in axes.texts if each.get_gid() == "line name"]
        points = 72 / figure.dpi
        ends = [axes.transData.transform((0, each.xy[1]))[1] * points for each in names]
        for index, place in parted(ends, 9.5).items():
            names[index].set_position((NAME_DISTANCE, place - ends[index]))


def save(figure, directory, name):
    """As SVG and PNG; the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    part_names(figure)
    paths = [directory / f"{name}.{kind}" for kind in ("svg", "png")]
    for path in paths:
        figure.savefig(path, dpi=150, bbox_inches="tight", metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
    return paths
