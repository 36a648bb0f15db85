# A database on disk and one in memory: inserts, indexes, joins, windows, recursion, JSON, a dump and its reload.
set -eu
sqlite3=$1 here=${0%/*}
mawk -v lines=8000 -v seed=5 -f "$here/words.awk" >text
"$sqlite3" words.db <<'END'
.mode list
.separator " "
create table line(a text, b text, c text, d text, e text, f text, g text, h text, n integer);
.import text line
create index by_a on line(a, n);
create index by_n on line(n);
select count(*), sum(n), max(length(a || b || c)) from line;
select x.a, count(*), group_concat(y.n) from line x join line y on x.a = y.b group by x.a order by 2 desc, 1 limit 20;
select a, n, rank() over (partition by substr(a, 1, 1) order by n desc) r from line order by r, a, n limit 20;
with recursive steps(i, s) as (select 1, 'x' union all select i + 1, s || i from steps where i < 900)
    select i, length(s) from steps where i % 100 = 0;
select sum(json_array_length(j)), max(length(j)) from (select json_group_array(n) j from line group by substr(b, 1, 2));
update line set c = upper(c) where n % 3 = 0;
delete from line where n % 7 = 0;
vacuum;
pragma integrity_check;
END
"$sqlite3" words.db .dump >dump
"$sqlite3" :memory: '.read dump' 'select count(*), sum(n), total(length(c)) from line' 'pragma integrity_check'
cksum <dump
rm -f words.db dump text
