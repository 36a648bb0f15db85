#!/usr/bin/env python3
"""public_names.py INCLUDE_DIR CTAGS CLANG COMPILER...: what a user can name on a heap is the contract, and nothing else.

Two directions, for `heap` and for `locked_heap`:
  * every name that a class of the library has inside (ctags lists them) is refused on both heaps: a class that is derived
    from the heap, and so may name what is protected too, writes `using heap::name;` and must get an error for that line;
  * the public members of the two class templates, as clang sees them, are exactly the names of the contract.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

VERBS = """add_region remove_region allocate try_allocate allocate_zeroed deallocate reallocate try_resize usable_size
    stats verify for_each_chunk coalesce source default_alignment chunk_overhead min_chunk_size max_request
    traits_type source_type"""
CONTRACT = {
    "basic_heap": set(VERBS.split()),
    "locked_heap": set((VERBS + " heap_type lock_type lock_all unlock_all start_anew while_stopped").split()),
}
HEAP = {"basic_heap": "allot::heap", "locked_heap": "allot::locked_heap<>"}


def inner_names(include, ctags):
    """The names of all functions, variables and types that stand in a class or a namespace of the library."""
    tags = subprocess.run([ctags, "--languages=C++", "-I", "ALLOT_INLINE,ALLOT_SHARED,ALLOT_PART,ALLOT_COLD", "--kinds-C++=fpmvtcs", "--sort=no",
                           "-f", "-", "-R", include + "/allot"], check=True, capture_output=True, text=True).stdout
    names = {line.split("\t")[0] for line in tags.splitlines()}
    return {name for name in names if re.fullmatch(r"[a-z]\w*", name)} - {"basic_heap", "locked_heap"}


def refused_lines(compiler, include, text):
    """The numbers of the lines of a program that the compiler refuses."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write(text)
        source.flush()
        limit = "-ferror-limit=0" if "clang" in os.path.basename(compiler) else "-fmax-errors=0"
        run = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", limit, "-I" + include, source.name],
                             capture_output=True, text=True)
        found = re.findall(r"^" + re.escape(source.name) + r":(\d+):\d+: error:", run.stderr, re.MULTILINE)
    return {int(line) for line in found}, run.stderr


def check_refused(compiler, include, template, names):
    """Complaints about names that a user can reach, and about names of the contract that no user can."""
    head = f"#include <allot/heap.hpp>\n#include <allot/locked_heap.hpp>\nusing whole = {HEAP[template]};\n"
    order = sorted(names - CONTRACT[template]) + sorted(CONTRACT[template])
    lines = [f"struct probe_{number} : whole {{ using whole::{name}; }};" for number, name in enumerate(order)]
    refused, messages = refused_lines(compiler, include, head + "\n".join(lines) + "\n")
    if refused & {1, 2, 3}:
        sys.exit(messages)
    for number, name in enumerate(order):
        is_refused = number + 4 in refused
        if is_refused and name in CONTRACT[template]:
            yield f"{template}::{name}: in the contract, and {compiler} refuses it"
        if not is_refused and name not in CONTRACT[template]:
            yield f"{template}::{name}: an inner name, and {compiler} accepts it"


def class_node(include, clang, template):
    """The definition of a class template in clang's tree."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as source:
        source.write("#include <allot/heap.hpp>\n#include <allot/locked_heap.hpp>\n")
        source.flush()
        dump = subprocess.run([clang, "-std=c++20", "-fsyntax-only", "-I" + include, "-Xclang", "-ast-dump=json", "-Xclang",
                               "-ast-dump-filter=allot::" + template, source.name], check=True, capture_output=True, text=True)
    decoder, text, nodes = json.JSONDecoder(), dump.stdout, []
    while text.strip():
        node, end = decoder.raw_decode(text.lstrip())
        nodes.append(node)
        text = text.lstrip()[end:]
    for node in nodes:
        if node["kind"] == "ClassTemplateDecl" and node.get("name") == template:
            for inner in node["inner"]:
                if inner["kind"] == "CXXRecordDecl" and inner.get("completeDefinition"):
                    return inner
    sys.exit(f"{template}: no definition found")


def check_public(include, clang, template):
    """Complaints about public members, public bases, and what is missing from the contract."""
    node = class_node(include, clang, template)
    for base in node.get("bases", []):
        if base["access"] != "private":
            yield f"{template}: has the {base['access']} base {base['type']['qualType']}"
    access, public = "private", set()
    for member in node["inner"]:
        access = member["access"] if member["kind"] == "AccessSpecDecl" else access
        if access == "private" or member.get("isImplicit") or member["kind"] in ("AccessSpecDecl", "FriendDecl"):
            continue
        public.add(member.get("name", member["kind"]))
    public -= {template, template + "<Traits>", template + "<Heap, Lock>", "operator="}
    for name in sorted(public - CONTRACT[template]):
        yield f"{template}::{name}: public, and not in the contract"
    for name in sorted(CONTRACT[template] - public):
        yield f"{template}::{name}: in the contract, and not public"


def main():
    include, ctags, clang, compilers = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    names = inner_names(include, ctags)
    if len(names) < 300:
        sys.exit(f"only {len(names)} names found in {include}: the list is broken")
    faults = []
    for template in CONTRACT:
        faults += check_public(include, clang, template)
        for compiler in compilers:
            faults += check_refused(compiler, include, template, names)
    print("\n".join(faults))
    for template, contract in CONTRACT.items():
        print(f"{template}: {len(names - contract)} inner names tried, {len(contract)} public names")
    sys.exit(bool(faults))


main()
