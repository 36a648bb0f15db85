"""How every picture of the benchmark looks: colours that colour-blind readers can tell apart, one style a peer."""
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

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


def save(figure, directory, name):
    """As SVG and PNG; the paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / f"{name}.{kind}" for kind in ("svg", "png")]
    for path in paths:
        figure.savefig(path, dpi=150, bbox_inches="tight", metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)
    return paths
