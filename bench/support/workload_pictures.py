"""The pictures of the workloads: throughput, latency, how full a region can be, threads."""
from aims import THREADS
from pictures import COLOURS, DASHES, bars, log_scale, name_lines, plt, save

PERCENTILES = ["p50", "p99", "p99.9", "p99.99", "worst"]

# Few, so that each line has its name: those of the latency picture, those of the pictures of threads.
OF_CALLS = ["heap", "hosted", "glibc", "mimalloc", "tcmalloc"]
OF_THREADS = ["hosted", "glibc", "mimalloc", "jemalloc", "tcmalloc"]


def grid_of(count, columns, height):
    rows = (count + columns - 1) // columns
    size = (4.2 * columns, height * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    flat = [each for row in axes for each in row]
    for unused in flat[count:]:
        unused.set_axis_off()
    return figure, flat


def bar_panels(path, heading, panels, allocators, unit, pattern):
    """One panel of bars a workload. panels: [(title, {allocator: value})]"""
    figure, axes = grid_of(len(panels), 3, 3.4)
    figure.suptitle(heading)
    for place, (title, values) in enumerate(panels):
        shown = [each for each in allocators if each["name"] in values]
        names = [each["name"] for each in shown]
        bars(axes[place], names, [each["title"] for each in shown], [values[n] for n in names], title, unit, pattern)
    return save(figure, path.parent, path.name)


def medians(samples, figure, workload):
    """{allocator: median} of one figure of one workload."""
    return {case[1]: samples[figure].median(case) for case in samples[figure].values if case[0] == workload}


def throughput(path, workloads, allocators, samples):
    panels = [(f"{w['name']}\n{w['title']}", medians(samples, "M/s", w["name"])) for w in workloads]
    shown = [each for each in allocators if each["allocates"]]
    return bar_panels(path, "Throughput (more is better)", panels, shown, "millions a second of CPU time", "{:.3g}")


def filling(path, workloads, allocators, samples):
    panels = []
    for workload in workloads:
        for figure in ("filled %", "live %"):
            if figure in samples and medians(samples, figure, workload["name"]):
                panels.append((f"{workload['name']}\n{workload['title']}", medians(samples, figure, workload["name"])))
    heading = "How full a region can be (more is better)"
    return bar_panels(path, heading, panels, allocators, "% of the region", "{:.1f}")


def strong(allocator, strongest):
    """How a line is drawn: one of them solid and wide."""
    name = allocator["name"]
    if name == strongest:
        return {"color": "#0072B2", "ls": "-", "lw": 2.4, "zorder": 3}
    return {"color": COLOURS[name], "ls": DASHES.get(name, "-"), "lw": 1.2}


def latency_panel(axes, title, workload, call, allocators, samples):
    names = {}
    for allocator in allocators:
        case = (workload, allocator["name"])
        found = [samples[f"{call} {p}"].median(case) for p in PERCENTILES if case in samples[f"{call} {p}"]]
        if found:
            drawn, = axes.plot(PERCENTILES, found, **strong(allocator, "heap"))
            names[drawn] = allocator["title"]
    log_scale(axes)
    axes.grid(axis="y", color="#EEEEEE")
    axes.set_title(title)
    axes.set_xlabel("percentile of calls")
    axes.set_ylabel("nanoseconds (log)")
    name_lines(axes, names)


def latency(path, workloads, allocators, samples):
    shown = [each for each in allocators if each["name"] in OF_CALLS]
    figure, axes = grid_of(2 * len(workloads), 2, 3)
    figure.suptitle("Time of single calls, the clock's own included (less is better)")
    places = iter(axes)
    for workload in workloads:
        for call, verb in (("take", "allocate"), ("put", "deallocate")):
            latency_panel(next(places), f"{workload['name']}: {verb}", workload["name"], call, shown, samples)
    return save(figure, path.parent, path.name)


def line(axes, allocator, places, values):
    """One allocator's line; nothing unless there is a value for every place."""
    if len(values) != len(places):
        return
    name = allocator["name"]
    axes.plot(places, values, marker="o", ms=3, color=COLOURS[name], ls=DASHES.get(name, "-"),
              lw=2.2 if name == "heap" else 1.4, label=allocator["title"])


def against(workloads, allocators, samples, read=lambda speed: speed):
    """A figure with one line an allocator over the numbers at the end of the workloads' names; its axes."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    places = [float(workload["name"].split("-")[1]) for workload in workloads]
    for allocator in allocators:
        cases = [(workload["name"], allocator["name"]) for workload in workloads]
        found = [read(samples["M/s"].median(case)) for case in cases if case in samples["M/s"]]
        line(axes, allocator, places, found)
    axes.grid(axis="y", color="#EEEEEE")
    return figure, axes, places


def legend(axes):
    """Beside the lines, in the order in which they end."""
    lines = sorted(axes.get_lines(), key=lambda each: each.get_ydata()[-1], reverse=True)
    axes.legend(handles=lines, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=3)


def threads_panel(axes, workloads, allocators, samples):
    """One line an allocator over the number of threads. samples: those of one figure"""
    places = [int(workload["name"].split("-")[1]) for workload in workloads]
    names = {}
    for allocator in allocators:
        cases = [(workload["name"], allocator["name"]) for workload in workloads]
        found = [samples.median(case) for case in cases if case in samples]
        if len(found) == len(places):
            drawn, = axes.plot(places, found, marker="o", ms=3, **strong(allocator, "hosted"))
            names[drawn] = allocator["title"]
    axes.set_xscale("log", base=2)
    axes.set_xticks(places, [str(each) for each in places])
    axes.set_xlabel("threads")
    axes.set_title(f"{workloads[0]['name'].split('-')[0]}: {workloads[0]['title'].split(',')[0]}")
    axes.grid(axis="y", color="#EEEEEE")
    return names


def threads_picture(heading, figure_name, unit):
    """A drawing with one panel a workload."""
    def draw(path, workloads, allocators, samples):
        families = [[w for w in workloads if w["name"].startswith(f"{name}-")] for name in THREADS]
        families = [family for family in families if family]
        shown = [each for each in allocators if each["name"] in OF_THREADS]
        figure, axes = grid_of(len(families), min(len(families), 3), 3)
        figure.suptitle(heading)
        for panel, family in zip(axes, families):
            names = threads_panel(panel, family, shown, samples[figure_name])
            panel.set_ylabel(unit)
            log_scale(panel) if "(log)" in unit else panel.set_ylim(0, None)
            name_lines(panel, names)
        return save(figure, path.parent, path.name)
    return draw


THREAD_PICTURES = [
    ("threads",
     threads_picture("One heap and several threads (more is better)", "M/s", "millions of pairs a second")),
    ("threads_latency",
     threads_picture("p99.9 of a call: one in a thousand takes longer (less is better)", "p99.9 ns", "nanoseconds (log)")),
    ("threads_memory",
     threads_picture("Memory resident (less is better)", "peak/live", "peak resident / peak live bytes")),
]


def heap_size(path, workloads, allocators, samples):
    shown = [each for each in allocators if each["allocates"]]
    figure, axes, places = against(workloads, shown, samples)
    axes.set_title("W6 in heaps of other sizes, half of them live (more is better)")
    axes.set_xlabel("heap (MiB, log)")
    axes.set_xscale("log", base=2)
    axes.set_xticks(places, [f"{each:.0f}" for each in places])
    axes.set_ylabel("millions of operations a second of CPU time")
    axes.set_ylim(0, None)
    legend(axes)
    return save(figure, path.parent, path.name)


def growth(path, workloads, allocators, samples):
    shown = [each for each in allocators if each["name"] != "null"]
    figure, axes, _ = against(workloads, shown, samples, lambda speed: 1000 / speed)
    axes.set_title("Cost of growth: W4 with more and more live objects (less is better)")
    axes.set_xlabel("live objects (log)")
    axes.set_xscale("log")
    axes.set_ylabel("ns a pair (log)")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:.0f}")
    legend(axes)
    return save(figure, path.parent, path.name)


def age(path, workloads, allocators, samples):
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    moments = sorted((f for f in samples if f.startswith("after ")), key=lambda name: int(name.split()[1]))
    for allocator in allocators:
        case = (workloads[0]["name"], allocator["name"])
        found = [samples[moment].median(case) for moment in moments if case in samples[moment]]
        line(axes, allocator, [moment.split()[1] for moment in moments], found)
    axes.set_title("Utilisation over time: W6, a quarter of the region live (more is better)")
    axes.set_xlabel("times that everything has been replaced (log)")
    axes.set_ylabel("live bytes, % of the memory resident")
    axes.grid(axis="y", color="#EEEEEE")
    legend(axes)
    return save(figure, path.parent, path.name)


def draw_all(directory, workloads, allocators, samples):
    """Every picture for which there are figures; the paths."""
    def named(prefix):
        return [each for each in workloads if each["name"].startswith(prefix)]

    def having(figures):
        return [w for w in workloads if any(f in samples and samples[f].has_workload(w["name"]) for f in figures)]

    of_threads = [each for name in THREADS for each in named(f"{name}-")]
    against_something = [*of_threads, *named("growth"), *named("W6size")]
    paths = []
    for draw, name, subject in (
        (throughput, "throughput", [w for w in having(["M/s"]) if w not in against_something]),
        (filling, "filling", having(["filled %", "live %"])),
        (latency, "latency", named("W8")),
        *((draw, name, of_threads) for name, draw in THREAD_PICTURES),
        (growth, "growth", named("growth")),
        (heap_size, "heap_size", named("W6size")),
        (age, "age", named("W6age")),
    ):
        if subject:
            paths += draw(directory / name, subject, allocators, samples)
    return paths
