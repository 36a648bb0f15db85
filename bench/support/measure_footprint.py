"""The bytes of a control block and of the code of the three verbs, as size and nm find them in an object file.

    measure_footprint.py OBJECT --output DIR
"""
import argparse
import pathlib

from aims import aims_table
from figures import Samples, table
from interleaved import output_of


def arguments():
    parser = argparse.ArgumentParser(description="Measures code and control blocks.")
    parser.add_argument("object", help="footprint/verbs.cpp, compiled")
    parser.add_argument("--output", required=True, type=pathlib.Path, help="directory for the results")
    return parser.parse_args()


def symbol_bytes(path):
    """{symbol: bytes}"""
    lines = (line.split() for line in output_of(["nm", "--print-size", "--radix=d", path]).splitlines())
    return {fields[3]: int(fields[1]) for fields in lines if len(fields) == 4}


def text_bytes(path):
    """All code and constants, the functions that are not inlined included."""
    return int(output_of(["size", path]).splitlines()[1].split()[0])


def main():
    options = arguments()
    symbols = symbol_bytes(options.object)
    found = [
        ("sizeof(allot::heap)", "sizeof", "default", symbols["default_heap"]),
        ("sizeof, small_traits", "sizeof", "small", symbols["small_heap"]),
        ("text of allocate, deallocate, reallocate, -Os", "text", "default", text_bytes(options.object)),
    ]
    samples = {}
    for _, figure, heap, count in found:
        samples.setdefault(figure, Samples()).add(("heap", heap), 0, count)
    text = table(["footprint", "bytes"], [[title, f"{count:,}"] for title, _, _, count in found]) + "\n" + aims_table(samples)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "footprint.txt").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main()
