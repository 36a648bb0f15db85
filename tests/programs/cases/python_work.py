"""Objects, strings, JSON, regular expressions, a compiler run, threads, a fork: all of it deterministic."""
import ast
import collections
import hashlib
import json
import os
import re
import sys
import threading
import zlib

lines = open(sys.argv[1]).read().splitlines()


def count_words():
    return collections.Counter(word for line in lines for word in line.split())


def index_lines():
    index = collections.defaultdict(list)
    for number, line in enumerate(lines):
        for match in re.finditer(r"[aeiou].[aeiou]", line):
            index[match.group()].append((number, match.start()))
    return index


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def compile_source():
    source = "\n".join(f"def f{n}(a, b={n}): return [x * {n} for x in (a, b) if x] + ['{n}' * 3]" for n in range(1500))
    return len(ast.dump(ast.parse(source))), len(compile(source, "generated", "exec").co_consts)


def squeeze(results, slot):
    text = "\n".join(lines[slot::4]).encode()
    packed = [zlib.compress(text[start:start + 30000], 6) for start in range(0, len(text), 30000)]
    results[slot] = [len(text), zlib.crc32(b"".join(zlib.decompress(piece) for piece in packed))]


def run_threads():
    results = [None] * 4
    threads = [threading.Thread(target=squeeze, args=(results, slot)) for slot in range(4)]
    for thread in threads:
        thread.start()
    child = os.fork()
    if child == 0:
        sys.stdout.flush()
        kept = [bytearray(size) for size in range(3000)]
        os._exit(sum(map(len, kept)) % 100)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for thread in threads:
        thread.join()
    return results, status


print(count_words().most_common(20))
print(digest(index_lines()), digest(json.loads(json.dumps([line.split() for line in lines]))))
print(compile_source())
print(run_threads())
