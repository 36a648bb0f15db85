# Hashes, sorting, regular expressions, strings that grow, closures and a deep structure.
set -eu
perl=$1 here=${0%/*}
mawk -v lines=12000 -v seed=2 -f "$here/words.awk" >text
PERL_HASH_SEED=0 "$perl" -e '
    use strict; use warnings; use Data::Dumper; use Storable qw(dclone freeze); use List::Util qw(sum);
    my (%count, %after, @lines, $long);
    while (my $line = <STDIN>) {
        my @words = split / /, $line;
        $count{$_}++ for @words;
        push @{ $after{$words[$_ - 1]} }, $words[$_] for 1 .. $#words;
        (my $copy = $line) =~ s/([aeiou]+)/<$1>/g;
        push @lines, $copy;
        $long .= reverse $line;
    }
    my @top = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
    print "$_ $count{$_}\n" for @top[0 .. 20];
    print sum(map { length } sort @lines), " ", length($long), " ", length(freeze(\%after)), "\n";
    my $deep;
    for my $step (1 .. 3000) {
        $deep = $step % 50 ? { step => $step, below => [$deep, sub { $step }] } : undef;
    }
    $Data::Dumper::Sortkeys = 1;
    print Dumper($after{$_}) for grep { defined $after{$_} } @top[0 .. 5];
    print length(Dumper(dclone(\%count))), "\n";
    open(my $child, "-|") // die or do { print scalar(keys %after), "\n"; exit 0 };
    print <$child>;
' <text
