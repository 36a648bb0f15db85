"""The pictures of replayed traces."""
from pictures import COLOURS, DASHES, bars, plt, save

MIB = 1 << 20


def heap_over_time(axes, allocators, timelines):
    """Resident bytes of every allocator above the live bytes that all of them had to hold; the legend in order."""
    scale, unit = call_scale(timelines)
    live = [(call / scale, bytes_live / MIB) for call, bytes_live, _ in next(iter(timelines.values()))]
    floor = axes.fill_between(*zip(*live), color="#DDDDDD", lw=0, label="live bytes")
    lines = []
    for allocator in reversed(allocators):
        name = allocator["name"]
        line = [(call / scale, resident / MIB) for call, _, resident in timelines[name]]
        lines += axes.plot(*zip(*line), color=COLOURS[name], ls=DASHES.get(name, "-"),
                           lw=2.2 if name == "heap" else 1.4, label=allocator["title"])
    lines.sort(key=lambda line: max(line.get_ydata()), reverse=True)
    axes.legend(handles=[*lines, floor], loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=3)
    axes.set_xlim(0, live[-1][0])
    axes.set_ylim(0, None)
    axes.set_title("The heap over time: resident memory of each allocator, above the bytes that are live")
    axes.set_xlabel(f"calls replayed ({unit})")
    axes.set_ylabel("memory (MiB)")


def call_scale(timelines):
    """What to divide calls by, and its name."""
    calls = max(call for call, _, _ in next(iter(timelines.values())))
    return (1e6, "millions") if calls >= 2e6 else (1e3, "thousands")


def trace_picture(path, facts, allocators, figures, timelines):
    """Speed, memory and pauses as bars, the heap over time below. figures: {allocator: {figure: value}}"""
    shown = [each for each in allocators if each["allocates"]]
    names = [each["name"] for each in shown]
    titles = [each["title"] for each in shown]
    figure = plt.figure(figsize=(12, 8), layout="constrained")
    figure.suptitle(f"{path.name}: {facts['operations']:,} recorded calls of {facts['program']}, replayed on every allocator")
    grid = figure.add_gridspec(2, 3, height_ratios=(1, 1.3))
    columns = [
        ("speed", "Speed (more is better)", "million calls a second", "{:.0f}"),
        ("resident", "Peak memory (less is better)", "peak resident / peak live bytes", "{:.2f}"),
        ("largest", "Largest pause (less is better)", "longest single call (microseconds)", "{:.1f}"),
    ]
    for place, (key, title, unit, pattern) in enumerate(columns):
        axes = figure.add_subplot(grid[0, place])
        rows = titles if place == 0 else [""] * len(names)
        bars(axes, names, rows, [figures[n][key] for n in names], title, unit, pattern)
    heap_over_time(figure.add_subplot(grid[1, :]), shown, timelines)
    return save(figure, path.parent, path.name)
