# python_work.py, with Python's own small-object allocator or, if $2 is `malloc`, without it.
set -eu
python=$1 here=${0%/*}
mawk -v lines=6000 -v seed=3 -f "$here/words.awk" >text
PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 PYTHONMALLOC=$2 "$python" "$here/python_work.py" text
